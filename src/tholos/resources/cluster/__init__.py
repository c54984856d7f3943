"""The DNS cluster: servers that zones are copied to, and zones that other servers copy here."""
