"""One folder per broker. A provider knows no other provider; the engine knows only `providers.base`."""
