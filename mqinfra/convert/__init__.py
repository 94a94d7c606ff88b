"""Other tools' files, turned into manifests by the converters of providers, with a list of what is lost."""
