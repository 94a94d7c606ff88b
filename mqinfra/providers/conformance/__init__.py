"""The suite that every provider passes, on its sandbox and on its real broker: the same cases, the same answers.

Hello, author of a provider. Give your kinds a `Sample` each (`Provider.samples`), point a `Driver` at a cluster that
may be written to, and run the levels in order. Each level proves one promise of design.md; a broker that can't keep one
says so in its sample, in words that end up in the docs. Nothing here knows your broker.
"""
