"""Scrapy spiders: thin, they move requests and answers between Scrapy and the sessions."""
