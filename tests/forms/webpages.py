"""Web pages as portals and office programs save them, around tables of forms."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

LINKS: Final = "".join(f'<li class="n{i}"><a href="/c{i}/">栏目{i}</a></li>' for i in range(1, 9))
SCRIPT: Final = "<script>var t = '<table><tr><td>假</td></tr></table>'; if (1 < 2 && 3 > 2) { go(\"</p>\"); }</script>"


def portal_page(forms: Sequence[str], charset: str = "utf-8") -> bytes:
    """A portal's page around forms: navigation, tables that lay out the page, scripts, what is hidden, a footer."""
    bodies = "<hr>".join(f'<div class="article">{form}</div>' for form in forms)
    hidden = "".join(f'<div id="print{i}" style="display: none">{form}</div>' for i, form in enumerate(forms))
    return f"""<!DOCTYPE html>
<!-- saved from url=(0030)http://www.example.org/czj/ -->
<html lang="zh"><head><meta charset="{charset}"><title>预算公开 - 某县人民政府</title>
<style>td {{ border: 1px solid }} .a > .b {{ color: red }}</style>{SCRIPT}
<noscript>请启用脚本</noscript></head>
<body onload="init()">
<div class="top"><ul>{LINKS}</ul><form action="/s"><input type="hidden" name="k"><input type="text" value="搜索">
<select><option>全站</option><option selected>本栏目</option></select><button type="submit">搜索</button></form></div>
<table width="1000" align="center" cellpadding=0><tr><td width=200 valign="top"><table class="side"><tr><td>左栏一</td></tr>
<tr><td>左栏二</td></tr></table></td><td>
<p>当前位置：<a href="/">首页</a> &gt; <a href="/yjs/">预决算公开</a></p>
<p>发布时间：2024-02-08&nbsp;&nbsp;来源：财政局&nbsp;&nbsp;浏览次数：<span id="hits">101</span></p>
{bodies}
</td></tr></table>
{hidden}
<div class="foot"><p>版权所有：某县人民政府&copy;2024</p><p>网站标识码：5100000000</p></div>
{SCRIPT}</body></html>
""".encode(charset)


def message(pages: Sequence[bytes], charset: str = "utf-8") -> bytes:
    """Pages saved as one file, as browsers and office programs do."""
    whole = EmailMessage(policy=SMTP)
    whole["From"] = "<Saved by Blink>"
    whole["Subject"] = "=?utf-8?Q?=E8=A1=A8?="
    whole["MIME-Version"] = "1.0"
    whole.set_type("multipart/related")
    whole.set_boundary("----MultipartBoundary--x----")
    for number, page in enumerate(pages):
        part = EmailMessage(policy=SMTP)
        part.set_content(page, "text", "html", cte="quoted-printable")
        part.set_param("charset", charset)
        part["Content-Location"] = f"http://www.example.org/{number}.html"
        whole.attach(part)
    image = EmailMessage(policy=SMTP)
    image.set_content(b"GIF89a", "image", "gif")
    whole.attach(image)
    return whole.as_bytes()


def excel_page(rows: str, charset: str = "gbk") -> bytes:
    """A sheet as Excel and portals save it as a web page, under the name of a workbook."""
    return f"""<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel">
<head><meta http-equiv=Content-Type content="text/html; charset={charset}"><meta name=ProgId content=Excel.Sheet>
<!--[if gte mso 9]><xml><x:ExcelWorkbook><x:ExcelWorksheets><x:Name>Sheet1</x:Name></x:ExcelWorksheets></x:ExcelWorkbook></xml><![endif]-->
<style><!--table {{mso-displayed-decimal-separator:"\\.";}} .xl65 {{mso-number-format:"\\@";}}--></style></head>
<body link=blue vlink=purple><table border=0 cellpadding=0 width=720 style='border-collapse:collapse'>
<col width=72 span=10 style='width:54pt'><col style='display:none;mso-width-source:userset'>
{rows}
<![if supportMisalignedColumns]><tr height=0 style='display:none'><td width=72></td><td>影</td></tr><![endif]>
</table></body></html>
""".encode(charset)
