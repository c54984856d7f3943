"""The templates of zones that come with Tholos, as lines of number, owner, type, priority and value.

Facts: ``templates.json``, dns. Their order is that in which the reference lists them.
"""

from __future__ import annotations

_SERVERS = "\n".join(f"{number}|@|NS||%ns{number}%." for number in range(1, 9))
_PLAIN = f"""{_SERVERS}
9|@|A||%ip%
10|www|CNAME||%domain%.
11|ftp|CNAME||%domain%."""
_MAIL = """\
12|mail|A||%ip%
13|webmail|CNAME||mail.%domain%.
14|@|MX|0|mail.%domain%.
15|@|TXT||"v=spf1 a mx ip4:%ip% -all"
16|_dmarc|TXT||"v=DMARC1; p=quarantine; pct=100"
17|_submission._tcp|SRV|1|0 587 mail.%domain%.
18|_imap._tcp|SRV|1|0 143 mail.%domain%.
19|_imaps._tcp|SRV|1|0 993 mail.%domain%.
20|_pop3._tcp|SRV|1|0 110 mail.%domain%.
21|_pop3s._tcp|SRV|1|0 995 mail.%domain%."""
_ELSEWHERE = f"""{_SERVERS}
9|@|A||%ip%
10|ftp|CNAME||%domain%.
11|www|CNAME||%domain%."""
_ZOHO = """\
12|@|MX|10|mx.zoho.com.
13|@|MX|20|mx2.zoho.com.
14|@|MX|50|mx3.zoho.com.
15|@|TXT||"v=spf1 a mx ip4:%ip% include:zoho.com -all\""""
_OFFICE365 = """\
12|@|TXT||"v=spf1 a mx ip4:%ip% include:spf.protection.outlook.com -all"
13|_dmarc|TXT||v=DMARC1; p=none; pct=100; fo=1
14|autodiscover|CNAME||autodiscover.outlook.com.
15|lyncdiscover|CNAME||webdir.online.lync.com.
16|sip|CNAME||sipdir.online.lync.com.
17|enterpriseregistration|CNAME||enterpriseregistration.windows.net.
18|enterpriseenrollment|CNAME||enterpriseenrollment.manage.microsoft.com.
19|_sip._tls|SRV|100|1 443 sipdir.online.lync.com.
20|_sipfederationtls._tcp|SRV|100|1 5061 sipfed.online.lync.com.
21|login|CNAME||login.microsoftonline.com.
22|mail|CNAME||mail.office365.com."""
_GMAIL = """\
12|@|MX|1|ASPMX.L.GOOGLE.COM.
13|@|MX|5|ALT1.ASPMX.L.GOOGLE.COM.
14|@|MX|5|ALT2.ASPMX.L.GOOGLE.COM.
15|@|MX|10|ALT3.ASPMX.L.GOOGLE.COM.
16|@|MX|10|ALT4.ASPMX.L.GOOGLE.COM.
17|@|TXT||"v=spf1 a mx ip4:%ip% include:_spf.google.com -all\""""
_CHILD = """\
1|@|NS||ns1.%domain%.
2|@|NS||ns2.%domain%.
3|@|A||%ip%
4|ns1|A||%ip%
5|ns2|A||%ip%
6|www|CNAME||%domain%.
7|ftp|CNAME||%domain%.
8|mail|A||%ip%
9|webmail|CNAME||mail.%domain%.
10|@|MX|0|mail.%domain%.
11|@|TXT||"v=spf1 a mx ip4:%ip% -all"
12|_dmarc|TXT||"v=DMARC1; p=quarantine; pct=100\""""

SHIPPED = {
    "zoho": f"{_ELSEWHERE}\n{_ZOHO}",
    "office365": f"{_ELSEWHERE}\n{_OFFICE365}",
    "gmail": f"{_ELSEWHERE}\n{_GMAIL}",
    "default": f"{_PLAIN}\n{_MAIL}",
    "default-nomail": _PLAIN,
    "child-ns": _CHILD,
}
