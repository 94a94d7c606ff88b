"""The name under which procedures write down what they assume to be in force."""

SETTINGS = "settings"
