"""Fills a site that has its demo with what the measurements ask for.

    python -m bench.fill FILE --asks 500 --pages 10000

Run it after `manage.py demo`, with the same settings. FILE gets, as JSON, the addresses to ask for and
the people who ask. What is few is made through the product's own actions, what is many in bulk.
"""
