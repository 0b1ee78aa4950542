/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.socks;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.RuleList;
import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests to proxies, and what is carried behind them. */
class SocksParserTest {

  private static final String GET = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String OK = "HTTP/1.1 204 No Content\r\n\r\n";

  private static String text(Map<String, String> row) {
    return String.join(
        " ",
        row.get("version"),
        row.get("user"),
        row.get("password"),
        row.get("status"),
        row.get("request.host"),
        row.get("request.name"),
        row.get("request_p"),
        row.get("bound.host"),
        row.get("bound.name"),
        row.get("bound_p"));
  }

  private static Talk version5() {
    return new Talk(1_080)
        .client("\5\2\0\2")
        .server("\5\2")
        .client("\1\4user\6secret")
        .server("\1\0")
        .client("\5\1\0\3\7example\0\120")
        .server("\5\0\0\1\12\0\0\11\4\70")
        .client(GET)
        .server(OK);
  }

  @Test
  void readsVersion5AndWhatItCarries() {
    Talk talk = version5().isTheSameHoweverCut("socks").isTheSameHoweverCut("http");
    assertThat(talk.rows("socks"))
        .extracting(SocksParserTest::text)
        .containsExactly("5 user - succeeded - example 80 10.0.0.9 - 1080");
    assertThat(talk.rows("http"))
        .extracting(row -> row.get("uri") + ' ' + row.get("status_code"))
        .containsExactly("/x 204");
    assertThat(talk.rows("tunnel"))
        .extracting(
            row -> String.join(" ", row.get("uid"), row.get("id.orig_p"), row.get("tunnel_type")))
        .isEqualTo(List.of("- 0 Tunnel::SOCKS"));
  }

  @Test
  void aLoginOfAnotherVersionIsWeird() {
    new RuleList("SOCKS")
        .rule(
            "of the client",
            new Talk(1_080).client("\5\2\0\2").server("\5\2").client("\7\4user\6secret"),
            "weird",
            "name addl source",
            "socks5_unsupported_authentication|method 2, version 7|SOCKS")
        .rule(
            "of the proxy",
            new Talk(1_080)
                .client("\5\2\0\2")
                .server("\5\2")
                .client("\1\4user\6secret")
                .server("\3\0"),
            "weird",
            "name addl source",
            "socks5_unsupported_authentication|method 2, version 3|SOCKS")
        .hold();
  }

  /** As in Zeek, whose first event is the login or the request. */
  @Test
  void theRecordBeginsWithTheLoginOrTheRequest() {
    assertThat(version5().rows("socks").getFirst()).containsEntry("ts", "1700000000.003000");
    assertThat(version4().rows("socks").getFirst()).containsEntry("ts", "1700000000.001000");
  }

  private static Talk version4() {
    return new Talk(9_999).client("\4\1\0\120\0\0\0\1me\0example\0").server("\0\133\0\0\0\0\0\0");
  }

  @Test
  void readsVersion4() {
    assertThat(version4().isTheSameHoweverCut("socks").rows("socks"))
        .extracting(SocksParserTest::text)
        .containsExactly("4 - - general SOCKS server failure 0.0.0.1 example 80 0.0.0.0 - 0");
  }

  @Test
  void readsIpv6Addresses() {
    Talk talk =
        new Talk(1_080)
            .client("\5\1\0")
            .server("\5\0")
            .client("\5\1\0\4\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1\1\273")
            .server("\5\5\0\4" + "\0".repeat(18));
    assertThat(talk.rows("socks"))
        .extracting(SocksParserTest::text)
        .containsExactly("5 - - Connection refused 2001:db8::1 - 443 :: - 0");
  }

  @Test
  void leavesWhatIsNoProxy() {
    assertThat(new Talk(1_080).client(GET).server(OK).rows("socks")).isEmpty();
    assertThat(new Talk(1_080).client("\5\1\1").server("\5\1").rows("weird"))
        .extracting(row -> row.get("name"))
        .containsExactly("socks5_unsupported_authentication_method");
    assertThat(new Talk(1_080).client("\4\1\0\120\1\2\3\4" + "x".repeat(2_000)).rows("socks"))
        .isEmpty();
  }

  @Test
  void survivesMutation() {
    version5().survivesMutation();
    version4().survivesMutation();
  }
}
