/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.radius;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Attempts to get access and their outcomes. */
class RadiusParserTest {

  private static String message(int code, String attributes) {
    return "%02x07%04x".formatted(code, 20 + attributes.length() / 2)
        + "00".repeat(16)
        + attributes;
  }

  private static String text(Map<String, String> row) {
    return String.join(
        " ",
        row.get("username"),
        row.get("mac"),
        row.get("framed_addr"),
        row.get("tunnel_client"),
        row.get("connect_info"),
        row.get("reply_msg"),
        row.get("result"),
        row.get("ttl"));
  }

  private static Talk access() {
    return Talk.udp(1_812)
        .clientHex(
            message(
                1,
                "01046d65"
                    + "1f1330302d31312d32322d33332d34342d4646"
                    + "420a013139322e302e32"
                    + "4d0531314d"))
        .serverHex(message(11, "0806c0000209" + "1204686f"))
        .clientHex(message(1, "0105796f75"))
        .serverHex(message(2, ""))
        .clientHex(message(1, "01046d65"))
        .serverHex(message(3, ""))
        .clientHex(message(1, "0102"));
  }

  @Test
  void pairsRequestsWithOutcomes() {
    assertThat(access().rows("radius"))
        .extracting(RadiusParserTest::text)
        .containsExactly(
            "me 00:11:22:33:44:ff 192.0.2.9 192.0.2 11M ho success 0.003000",
            "me - - - - - failed 0.001000",
            "(empty) - - - - - unknown -");
  }

  @Test
  void leavesOtherProtocolsOnThePort() {
    assertThat(Talk.udp(1_812).client("GET / HTTP/1.1\r\n\r\n").rows("radius")).isEmpty();
    assertThat(Talk.udp(1_812).clientHex("01070013" + "00".repeat(16)).rows("radius")).isEmpty();
  }

  @Test
  void survivesMutation() {
    access().survivesMutation();
  }
}
