/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.ntp;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;

/** The declaration of {@code ntp.log}. */
final class NtpLog {

  private NtpLog() {}

  /**
   * One message; times and lengths of time in nanoseconds, 0 for what is not told.
   *
   * @param reference what the sender's clock follows: text, or an address in text
   * @param extensions extension fields
   */
  record Row(
      Flow flow,
      long timeNs,
      int version,
      int mode,
      int stratum,
      long pollNs,
      long precisionNs,
      long rootDelayNs,
      long rootDispersionNs,
      String reference,
      long referenceNs,
      long originNs,
      long receiveNs,
      long transmitNs,
      int extensions) {}

  static LogSchema<Row> schema() {
    return LogSchema.<Row>named("ntp", "One record for each message that tells the time.")
        .time("ts", "When it came.", Row::timeNs)
        .flow(Row::flow)
        .count("version", "Version of NTP, 1 to 4.", Row::version)
        .count(
            "mode",
            "1 and 2: active and passive between equals; 3: client; 4: server; 5: broadcast.",
            Row::mode)
        .count("stratum", "Servers between the sender and a reference clock.", Row::stratum)
        .interval("poll", "How long between messages at most.", Row::pollNs)
        .interval("precision", "Of the sender's clock.", Row::precisionNs)
        .interval("root_delay", "Way to the reference clock and back.", Row::rootDelayNs)
        .interval("root_disp", "How far the sender may be off.", Row::rootDispersionNs)
        .wire(
            "ref_id",
            "What the sender follows: kind of clock, address of a server, or a kiss code.",
            Row::reference)
        .time("ref_time", "When the sender's clock was set.", Row::referenceNs)
        .time("org_time", "When the client sent the question, by its clock.", Row::originNs)
        .time("rec_time", "When the server had it, by its clock.", Row::receiveNs)
        .time("xmt_time", "When this message was sent, by the sender's clock.", Row::transmitNs)
        .count("num_exts", "Extension fields.", Row::extensions)
        .build();
  }
}
