"""A stand-in for Stripe: a process of its own that the real `stripe` library talks to over real HTTP.

For the demo and the tests. No money moves, no key is needed, and it knows nothing of the library or of the
site. It does what this site asks of Stripe, refuses what it does not know as Stripe would, and can be told
to go wrong. What it answers is checked in the tests against the types of the library (tests/contracts).

    state      what it remembers, and its clock
    objects    Stripe's objects as they are made
    happening  what people and banks do: pay, decline, give back, dispute
    api        the addresses that the library asks
    events     news, signed and delivered to a webhook, and again until somebody takes it
    faults     what is to go wrong next
    control    the addresses under /_control/ with which tests and the demo play bank
    page       the page on which somebody pays
    server     HTTP
"""
