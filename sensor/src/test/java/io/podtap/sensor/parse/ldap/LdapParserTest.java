/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ldap;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.api.Test;

/** Hand-made messages of RFC 4511. */
class LdapParserTest {

  private static String element(int tag, String... contents) {
    String all = String.join("", contents);
    return "" + (char) tag + (char) all.length() + all;
  }

  private static String message(int id, String operation) {
    return element(0x30, element(2, "" + (char) id), operation);
  }

  private static String result(int tag, int code) {
    return element(tag, element(10, "" + (char) code), element(4, ""), element(4, ""));
  }

  private static Talk talk() {
    String filter =
        element(
            0xA0,
            element(0xA3, element(4, "cn"), element(4, "a(b")),
            element(0xA4, element(4, "m"), element(0x30, element(0x80, "x"), element(0x82, "y"))),
            element(0xA2, element(0x87, "o")));
    String search =
        element(
            0x63,
            element(4, "dc=x"),
            element(10, "\2"),
            element(10, "\0"),
            element(2, "\0"),
            element(2, "\0"),
            element(1, "\0"),
            filter,
            element(0x30, ""));
    return new Talk(3_389)
        .client(
            message(1, element(0x60, element(2, "\3"), element(4, "cn=me"), element(0x80, "pw"))))
        .server(message(1, result(0x61, 0)))
        .client(message(2, search))
        .server(message(2, element(0x64, element(4, "cn=a(b"), element(0x30, ""))))
        .server(message(2, result(0x65, 4)))
        .client(message(3, element(0x77, element(0x80, "1.3.6.1.4.1.4203.1.11.3"))))
        .server(message(3, result(0x78, 0)))
        .client(message(4, element(0x42)));
  }

  @Test
  void pairsOperationsWithResults() {
    assertThat(talk().isTheSameHoweverCut("ldap").rows("ldap"))
        .extracting(row -> row.get("opcode") + '|' + row.get("result") + '|' + row.get("object"))
        .containsExactly(
            "bind simple|success|cn=me",
            "extended|success|1.3.6.1.4.1.4203.1.11.3 (whoami)",
            "unbind|-|-");
    assertThat(talk().rows("ldap").getFirst())
        .containsEntry("argument", "REDACTED")
        .containsEntry("version", "3");
  }

  @Test
  void countsWhatSearchesFind() {
    assertThat(talk().isTheSameHoweverCut("ldap_search").rows("ldap_search").getFirst())
        .containsEntry("base_object", "dc=x")
        .containsEntry("scope", "tree")
        .containsEntry("result_count", "1")
        .containsEntry("result", "size limit exceeded")
        .containsEntry("filter", "(&(&(cn=a\\\\28b)(m=x*y))(!(o=*)))");
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
  }
}
