"""What a broker offers to `mqinfra verify`: messages through places, and checks of its own."""
