/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.syslog;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.LogSchema;

/** The declaration of {@code syslog.log}. */
final class SyslogLog {

  /** Stands for a message that does not say. */
  static final int UNSPECIFIED = 999;

  private static final String[] FACILITIES = {
    "KERN",
    "USER",
    "MAIL",
    "DAEMON",
    "AUTH",
    "SYSLOG",
    "LPR",
    "NEWS",
    "UUCP",
    "CRON",
    "AUTHPRIV",
    "FTP",
    "NTP",
    "AUDIT",
    "ALERT",
    "CLOCK",
    "LOCAL0",
    "LOCAL1",
    "LOCAL2",
    "LOCAL3",
    "LOCAL4",
    "LOCAL5",
    "LOCAL6",
    "LOCAL7"
  };

  private static final String[] SEVERITIES = {
    "EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"
  };

  private SyslogLog() {}

  /** One message. */
  record Row(Flow flow, long timeNs, int facility, int severity, String message) {}

  static LogSchema<Row> schema() {
    return LogSchema.<Row>named("syslog", "One record for each message.")
        .time("ts", "When it came.", Row::timeNs)
        .flow(Row::flow)
        .enumeration(
            "proto",
            "tcp or udp.",
            (row, out) -> {
              out.put(row.flow.protocol() == IpProtocol.TCP ? "tcp" : "udp");
              return true;
            })
        .wire(
            "facility",
            "The part of the system that it comes from; UNSPECIFIED when it does not say.",
            row -> name(FACILITIES, row.facility))
        .wire(
            "severity",
            "How bad it is; UNSPECIFIED when it does not say.",
            row -> name(SEVERITIES, row.severity))
        .wire("message", "What it says, behind facility and severity.", Row::message)
        .build();
  }

  private static String name(String[] names, int code) {
    if (code == UNSPECIFIED) {
      return "UNSPECIFIED";
    }
    return code < names.length ? names[code] : "?-" + code;
  }
}
