/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Subscriptions;

/** Failed logins at FTP servers. */
public final class FtpGuessing implements Detection {

  private static final String NOTE = "FTP::Bruteforcing";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("ftp-bruteforcing", "Finds hosts that guess passwords of FTP servers.")
          .count("ftp.bruteforce_threshold", 20, "Failed logins of a host before a notice.")
          .seconds(
              "ftp.bruteforce_measurement_interval", 900, "Time within which they are counted.")
          .notice(
              NOTE,
              "A host failed to log in at FTP servers as often as the threshold says.",
              "A client with an expired password that tries again and again looks the same.",
              "Find the workload that connects; when it is no client of the server, isolate it, and"
                  + " change the passwords that it may have found.",
              "ftp.log and conn.log, id.orig_h of the source; a reply code of 230 behind failed"
                  + " logins is a success.")
          .starts(FtpGuessing::new)
          .build();

  private final LoginFailures failures;

  private FtpGuessing(DetectionContext context) {
    failures =
        new LoginFailures(
            context.notices(),
            context.options().count("ftp.bruteforce_threshold"),
            context.options().ns("ftp.bruteforce_measurement_interval"));
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("ftp_reply", this::onReply);
  }

  private void onReply(LogRecord reply) {
    String command = reply.textOrEmpty("name");
    if (!(command.equals("USER") || command.equals("PASS")) || reply.number("number") / 100 != 5) {
      return;
    }
    String client = reply.textOrEmpty("id.orig_h");
    long nowNs = reply.nowNs();
    failures.add(
        client,
        reply.textOrEmpty("id.resp_h"),
        /* failed= */ 1,
        nowNs,
        known ->
            Notice.of(
                NOTE,
                client
                    + " had "
                    + known.count()
                    + " failed logins on "
                    + known.servers()
                    + " FTP server"
                    + (known.servers() > 1 ? "s" : "")
                    + " in "
                    + Texts.minutesSeconds(nowNs - known.sinceNs())));
  }

  @Override
  public long heldBytes() {
    return failures.bytes();
  }

  @Override
  public long evicted() {
    return failures.evicted();
  }
}
