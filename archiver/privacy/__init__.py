"""The care that people's words deserve: pseudonyms in what is handed out, redaction that lasts."""
