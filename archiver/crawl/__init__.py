"""Crawling: sessions, politeness, progress and outcome. What touches Scrapy stands in `spiders`."""
