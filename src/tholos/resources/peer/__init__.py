"""Other Tholos servers that zones are copied to and from by the name servers themselves (RFC 9432)."""
