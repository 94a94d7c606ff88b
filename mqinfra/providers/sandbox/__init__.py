"""The sandbox: a file that plays any broker, through each kind's `simulate`. A model, not a broker (design §4)."""
