"""Scrapy's settings: every departure from its defaults (2.19), each with its reason."""

from __future__ import annotations

from archiver import __version__

# Where `scrapy crawl blog` finds the spiders.
SPIDER_MODULES = ["spiders"]
# Names the program and what it does; the contact from archiver.toml is put in by the spider.
USER_AGENT = f"blog-archiver/{__version__} (archives blogs; obeys robots.txt)"
# robots.txt is read by the session before anything else is asked of a host (archiver/crawl/robots.py says why).
ROBOTSTXT_OBEY = False
# One request at a time to a host; many hosts side by side.
CONCURRENT_REQUESTS = 64
# A small blog on a shared server must not notice us.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Delays are kept by our own turns at a host (archiver/crawl/fetch.py), which count from the end of an answer;
# Scrapy counts from request to request, and so leaves a slow server no rest.
DOWNLOAD_DELAY = 0
# Nor is there a delay to vary.
DOWNLOAD_DELAY_JITTER = 0
# The default of three minutes lets one silent host hold its blog up for too long.
DOWNLOAD_TIMEOUT = 30
# Larger than any page worth reading; the default is 1 GiB.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
# A page between the two is read, and said to be large.
DOWNLOAD_WARNSIZE = 0
# Decoded by ourselves (archiver/coding.py): Scrapy hands out what is left of a torn body as if it were whole.
COMPRESSION_ENABLED = False
# Scrapy accepts any certificate; what is archived must come from whom it says.
DOWNLOAD_VERIFY_CERTIFICATES = True
# A body that ends early is an error, not a page.
DOWNLOAD_FAIL_ON_DATALOSS = True
# Nothing on a public blog needs them, and they would make pages differ between runs.
COOKIES_ENABLED = False
# Tells the blog which page led to which: nobody's business.
REFERER_ENABLED = False
# The session follows redirects itself, so that each hop is checked and recorded.
REDIRECT_ENABLED = False
# A page is what the server sends, not what it later turns into.
METAREFRESH_ENABLED = False
# The frontier decides what is tried again, and when; it survives the process.
RETRY_ENABLED = False
# No console that listens on a port.
TELNETCONSOLE_ENABLED = False
# Nor a way for other programs to run code in this one, which Scrapy opens on its own accord and announces in the
# user's home directory.
REMOTE_CONTROL_ENABLED = False
# warcio cannot read brotli and zstd back.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/json,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}
# Only what a blog is served by: no file:, ftp:, s3: or data: that a page could lead us to. And by handlers that
# keep the heads as they went over the wire (archiver/crawl/wire.py), for the WARC.
DOWNLOAD_HANDLERS = {
    **dict.fromkeys(("data", "file", "ftp", "s3")),
    **dict.fromkeys(("http", "https"), "archiver.crawl.wire.WireHandler"),
}
# The session names every URL once; Scrapy's own filter would hide retries and redirects from it.
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"
# Our own progress and summary are shown; Scrapy's lines only when something is wrong.
LOG_LEVEL = "WARNING"
# Statistics of its own at every minute and at the end would drown ours.
LOGSTATS_INTERVAL = 0
# Its dump of counters likewise.
STATS_DUMP = False
# Pages are told apart by status in the session.
HTTPERROR_ALLOW_ALL = True
# A log handler of Scrapy's would write over the live display; warnings come through Python's own.
LOG_INSTALL_ROOT_HANDLER = False
# Scrapy has these as its own lists, to be added to. They are replaced here, since what is switched off in another list
# is imported all the same: cookies, consoles and exports would take longer to import than a small blog to fetch.
# Of the middlewares only these three have something to do. The others follow, repeat, decode, remember or forbid,
# which the session does itself or nobody wants.
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 750,
}
# The spiders give Scrapy neither requests nor items, so that these would see nothing.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
# Nobody looks at these consoles, statistics and exports; memory and time are watched elsewhere.
EXTENSIONS_BASE: dict[str, int] = {}
# Ours: pages are read in a process of their own (archiver/crawl/reader.py); False reads them in this one.
ARCHIVER_READER_PROCESS = True
