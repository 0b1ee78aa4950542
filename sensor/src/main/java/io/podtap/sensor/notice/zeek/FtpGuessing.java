/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.zeek;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.Detection;
import io.podtap.sensor.notice.DetectionContext;
import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.Notice;
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Subscriptions;
import java.util.HashSet;
import java.util.Set;

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

  private static final long BYTES_MAX = 4 << 20;
  private static final int SERVERS_MAX = 64;

  private static final class Guesses {
    final Set<String> servers = new HashSet<>();
    final long sinceNs;
    long count;
    boolean told;

    Guesses(long sinceNs) {
      this.sinceNs = sinceNs;
    }

    long bytes() {
      return 96 + 96L * servers.size();
    }
  }

  private final AgeTable<String, Guesses> guesses;
  private final Notices notices;
  private final long threshold;

  private FtpGuessing(DetectionContext context) {
    notices = context.notices();
    threshold = context.options().count("ftp.bruteforce_threshold");
    guesses =
        new AgeTable<>(
            BYTES_MAX, context.options().ns("ftp.bruteforce_measurement_interval"), Guesses::bytes);
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("ftp_reply", this::onReply);
  }

  private void onReply(LogRecord reply) {
    String command = reply.textOrEmpty("name");
    long code = reply.number("number");
    if (!(command.equals("USER") || command.equals("PASS")) || code / 100 != 5) {
      return;
    }
    String client = reply.textOrEmpty("id.orig_h");
    long nowNs = reply.nowNs();
    Guesses present = guesses.get(client, nowNs, () -> new Guesses(nowNs));
    present.count++;
    if (present.servers.size() < SERVERS_MAX) {
      present.servers.add(reply.textOrEmpty("id.resp_h"));
    }
    guesses.resized(client);
    if (present.count >= threshold && !present.told) {
      present.told = true;
      int servers = present.servers.size();
      notices.emit(
          Notice.of(
                  NOTE,
                  client
                      + " had "
                      + present.count
                      + " failed logins on "
                      + servers
                      + " FTP server"
                      + (servers > 1 ? "s" : "")
                      + " in "
                      + Texts.minutesSeconds(nowNs - present.sinceNs))
              .source(client)
              .identifier(client));
    }
  }

  @Override
  public long heldBytes() {
    return guesses.bytes();
  }

  @Override
  public long evicted() {
    return guesses.evicted();
  }
}
