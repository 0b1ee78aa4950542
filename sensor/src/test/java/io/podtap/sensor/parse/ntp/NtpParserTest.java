/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntp;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.dispatch.Talk;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages that tell the time, and those that do not. */
class NtpParserTest {

  private static final String QUESTION =
      "230006ec"
          + "00000000"
          + "00000000"
          + "00000000"
          + "0000000000000000"
          + "0000000000000000"
          + "0000000000000000"
          + "e000000040000000";
  private static final String ANSWER =
      "240203e8"
          + "00008000"
          + "00010000"
          + "c0000207"
          + "dfffffff80000000"
          + "e000000040000000"
          + "e000000080000000"
          + "e0000000c0000000";

  @Test
  void readsQuestionAndAnswer() {
    Talk talk = Talk.udp(123).clientHex(QUESTION).serverHex(ANSWER + "0000000000000000");
    assertThat(talk.rows("ntp"))
        .extracting(row ->
            String.join(
                " ",
                row.get("mode"),
                row.get("stratum"),
                row.get("poll"),
                row.get("root_delay"),
                row.get("root_disp"),
                row.get("ref_id"),
                row.get("ref_time"),
                row.get("org_time"),
                row.get("xmt_time")))
        .containsExactly(
            "3 0 64.000000 0.000000 0.000000 \\x00\\x00\\x00\\x00 0.000000 0.000000"
                + " 1549107584.250000",
            "4 2 8.000000 0.500000 1.000000 192.0.2.7 1549107583.500000 1549107584.250000"
                + " 1549107584.750000");
  }

  @Test
  void countsExtensionFieldsButNotDigests() {
    String extension = "0104001c" + "00".repeat(24);
    String digest = "00000001" + "00".repeat(20);
    Talk talk = Talk.udp(123).clientHex(QUESTION + extension + extension + digest);
    assertThat(talk.rows("ntp"))
        .singleElement()
        .satisfies(row -> assertThat(row).containsEntry("num_exts", "2"));
  }

  @Test
  void knowsTheServerByItsAnswer() {
    Talk talk = Talk.udp(123).clientHex(ANSWER).serverHex(QUESTION);
    assertThat(talk.rows("ntp"))
        .extracting(row -> row.get("id.resp_h"))
        .isEqualTo(List.of("10.0.0.1", "10.0.0.1"));
  }

  @Test
  void leavesControlMessagesAndOtherProtocolsAlone() {
    String control = "160200010000000000000000";
    assertThat(Talk.udp(123).clientHex(control).rows("ntp")).isEmpty();
    assertThat(Talk.udp(123).client("GET / HTTP/1.1\r\n\r\n").rows("ntp")).isEmpty();
  }

  @Test
  void survivesMutation() {
    Talk.udp(123).clientHex(QUESTION).serverHex(ANSWER).survivesMutation();
  }
}
