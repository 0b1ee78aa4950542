/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import org.junit.jupiter.api.Test;

/** Transactions and their messages. */
class DhcpParserTest {

  /** A message of Ethernet with options as hexadecimal digits. */
  private static String message(int operation, String id, String given, String options) {
    return "0%d010600".formatted(operation)
        + id
        + "00000000"
        + "00000000"
        + given
        + "0000000000000000"
        + "020000000007"
        + "00".repeat(10 + 64 + 128)
        + "63825363"
        + options
        + "ff";
  }

  private static Talk lease() {
    return Talk.udp(67)
        .clientHex(
            message(1, "11223344", "00000000", "350101" + "0c0474657374" + "3204c0000209" + "00"))
        .serverHex(
            message(
                2,
                "11223344",
                "c0000209",
                "350102" + "3304000e1000" + "0f0c6578616d706c652e636f6d00"))
        .clientHex(
            message(
                1,
                "11223344",
                "00000000",
                "350103" + "3d0701020000000008" + "510b000000746573742e636f6d00"))
        .serverHex(message(2, "11223344", "00000000", "350106" + "38026e6f"));
  }

  @Test
  void moreTransactionsThanAreTrackedAreWeird() {
    Talk talk = Talk.udp(67);
    for (int id = 0; id <= DhcpProtocol.TRANSACTIONS_MAX; id++) {
      talk.clientHex(message(1, "%08x".formatted(id), "00000000", "350101"));
    }
    assertThat(talk.rows("weird"))
        .isNotEmpty()
        .allSatisfy(row ->
            assertThat(row)
                .containsEntry("name", "DHCP_max_tracked_transactions_exceeded")
                .containsEntry("uid", "-"));
  }

  @Test
  void gathersATransaction() {
    assertThat(lease().rows("dhcp"))
        .singleElement()
        .satisfies(row ->
            assertThat(row)
                .containsEntry("client_addr", "10.0.0.1")
                .containsEntry("server_addr", "192.0.2.1")
                .containsEntry("mac", "02:00:00:00:00:08")
                .containsEntry("host_name", "test")
                .containsEntry("client_fqdn", "test.com")
                .containsEntry("domain", "example.com")
                .containsEntry("requested_addr", "192.0.2.9")
                .containsEntry("assigned_addr", "192.0.2.9")
                .containsEntry("lease_time", "921600.000000")
                .containsEntry("server_message", "no")
                .containsEntry("client_message", "-")
                .containsEntry("msg_types", "DISCOVER,OFFER,REQUEST,NAK"));
  }

  @Test
  void tellsTransactionsApart() {
    Talk talk =
        Talk.udp(67)
            .clientHex(message(1, "00000001", "00000000", "350108"))
            .clientHex(message(1, "00000002", "00000000", "35017f"))
            .clientHex(message(1, "00000003", "00000000", ""));
    assertThat(talk.rows("dhcp"))
        .extracting(row -> row.get("mac") + ' ' + row.get("msg_types"))
        .containsExactly(
            "02:00:00:00:00:07 INFORM",
            "02:00:00:00:00:07 unknown-message-type-127",
            "02:00:00:00:00:07 unknown-message-type-0");
  }

  @Test
  void writesATransactionThatDoesNotEnd() {
    Talk talk = Talk.udp(67);
    for (int i = 0; i < 51; i++) {
      talk.clientHex(message(1, "00000001", "00000000", "350101"));
    }
    assertThat(talk.rows("dhcp"))
        .extracting(row -> row.getOrDefault("msg_types", "").split(",", -1).length)
        .containsExactly(50, 1);
  }

  @Test
  void survivesMutation() {
    lease().survivesMutation();
  }
}
