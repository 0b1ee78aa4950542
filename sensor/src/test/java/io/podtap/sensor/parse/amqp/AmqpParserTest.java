/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Frames as AMQP 0-9-1 section 4.2.3 and AMQP 1.0 section 2.3 lay them out. */
class AmqpParserTest {

  private static final String MAGIC = "414d5150";

  private static String frame(int type, int channel, String body) {
    return "%02x%04x%08x%sce".formatted(type, channel, body.length() / 2, body);
  }

  private static String method(int channel, int of, int method, int more) {
    return frame(1, channel, "%04x%04x%s".formatted(of, method, "ce".repeat(more)));
  }

  private static String performative(int type, int code, int more) {
    return "%08x02%02x00000053%02x%s".formatted(11 + more, type, code, "ce".repeat(more));
  }

  private static Talk talk() {
    return new Talk(15_672)
        .clientHex(MAGIC + "00000901")
        .serverHex(method(0, 10, 10, 400))
        .clientHex(method(0, 10, 11, 50) + method(0, 10, 40, 3))
        .serverHex(method(0, 10, 41, 1) + frame(8, 0, ""))
        .clientHex(
            method(1, 60, 40, 12) + frame(2, 1, "00".repeat(14)) + frame(3, 1, "42".repeat(3_000)))
        .clientHex(method(1, 60, 40, 12))
        .serverHex(method(1, 60, 60, 30) + method(1, 99, 1, 0));
  }

  private static Talk version1() {
    return new Talk(5_672)
        .clientHex(MAGIC + "03010000")
        .serverHex(MAGIC + "03010000" + performative(1, 0x40, 20))
        .clientHex(performative(1, 0x41, 9))
        .serverHex(performative(1, 0x44, 2))
        .clientHex(MAGIC + "00010000" + performative(0, 0x10, 30) + "0000000802000000")
        .serverHex(MAGIC + "00010000" + performative(0, 0x10, 4))
        .clientHex(performative(0, 0x14, 2_000));
  }

  @Test
  void countsMethodsOfVersion091() {
    List<Map<String, String>> rows = talk().isTheSameHoweverCut("requests").rows("requests");

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("service", "amqp")
        .containsEntry(
            "kinds", "connection.start,connection.open,basic.publish,basic.deliver,other")
        .containsEntry("counts", "1,1,2,1,1");
  }

  @Test
  void countsPerformativesOfVersion1() {
    List<Map<String, String>> rows = version1().isTheSameHoweverCut("requests").rows("requests");

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst())
        .containsEntry("kinds", "sasl-mechanisms,sasl-init,sasl-outcome,open,transfer")
        .containsEntry("counts", "1,1,1,2,1");
  }

  @Test
  void namesTheService() {
    assertThat(talk().services()).isEqualTo(AmqpProtocol.SERVICE.alone());
  }

  @Test
  void survivesMutation() {
    talk().survivesMutation();
    version1().survivesMutation();
  }
}
