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

/** Failed logins at SSH servers. */
public final class SshGuessing implements Detection {

  private static final String NOTE = "SSH::Password_Guessing";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("ssh-bruteforcing", "Finds hosts that guess passwords of SSH servers.")
          .count("ssh.password_guesses_limit", 30, "Failed logins of a host before a notice.")
          .seconds("ssh.guessing_timeout", 1_800, "Time within which they are counted.")
          .notice(
              NOTE,
              "A host failed to log in at SSH servers as often as the threshold says. Whether a"
                  + " login failed is estimated from the sizes of encrypted packets.",
              "Automation with a wrong key, or a client with many keys, fails often.",
              "Find the workload that connects; when it is no client of the servers, isolate it.",
              "ssh.log, id.orig_h of the source: auth_success true behind failed logins is a"
                  + " success.")
          .starts(SshGuessing::new)
          .build();

  private final LoginFailures failures;

  private SshGuessing(DetectionContext context) {
    failures =
        new LoginFailures(
            context.notices(),
            context.options().count("ssh.password_guesses_limit"),
            context.options().ns("ssh.guessing_timeout"));
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("ssh", this::onSession);
  }

  private void onSession(LogRecord session) {
    long attempts = session.number("auth_attempts");
    long failed = session.isTrue("auth_success") ? attempts - 1 : attempts;
    if (failed <= 0) {
      return;
    }
    String client = session.textOrEmpty("id.orig_h");
    failures.add(
        client,
        session.textOrEmpty("id.resp_h"),
        failed,
        session.nowNs(),
        known ->
            Notice.of(
                    NOTE,
                    client
                        + " appears to be guessing SSH passwords (seen in "
                        + known.count()
                        + " connections).")
                .sub("Sampled servers:  " + String.join(", ", known.samples())));
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
