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
import io.podtap.sensor.notice.Notices;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.Subscriptions;
import java.util.Set;
import java.util.regex.Pattern;

/** Names of others that point to hosts of our own. */
public final class ExternalNames implements Detection {

  private static final String NOTE = "DNS::External_Name";

  /** The declaration. */
  public static final DetectionKind KIND =
      DetectionKind.named("external-names", "Finds foreign names that point to local hosts.")
          .texts(
              "dns.skip_resp_host_port_pairs",
              "224.0.0.251 5353/udp,ff02::fb 5353/udp",
              "Servers whose answers do not count, as ADDRESS PORT/PROTOCOL.")
          .notice(
              NOTE,
              "An answer of DNS says that a name outside the local zones (site.local_zones) has a"
                  + " local address. Without local zones nothing is found.",
              "Services behind a name of a cloud provider, and split-horizon DNS.",
              "Check who owns the name. A foreign name for a local host lets a web page reach it"
                  + " (DNS rebinding).",
              "dns.log: the query and its answers; http.log with the name as host.")
          .starts(ExternalNames::new)
          .build();

  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*");

  private final Notices notices;
  private final Site site;
  private final Set<String> skipped;

  private ExternalNames(DetectionContext context) {
    notices = context.notices();
    site = context.site();
    skipped = Set.copyOf(context.options().texts("dns.skip_resp_host_port_pairs"));
  }

  @Override
  public void subscribe(Subscriptions records) {
    records.on("dns", () -> site.hasZones() ? null : answer -> false, this::onAnswers);
  }

  private void onAnswers(LogRecord answer) {
    if (!site.hasZones() || answer.textOrEmpty("query").endsWith(".arpa")) {
      return; // addresses beside an answer about an address are of other names
    }
    for (String text : answer.texts("answers")) {
      if (ADDRESS.matcher(text).matches()) {
        onAnswer(answer, answer.textOrEmpty("query"), text);
      }
    }
  }

  private void onAnswer(LogRecord answer, String name, String address) {
    if (site.isLocalName(name)
        || !site.isLocal(address)
        || skipped.contains(
            answer.textOrEmpty("id.resp_h")
                + ' '
                + answer.number("id.resp_p")
                + '/'
                + answer.textOrEmpty("proto"))) {
      return;
    }
    notices.emit(
        Notice.of(NOTE, name + " is pointing to a local host - " + address + '.')
            .connection(answer)
            .identifier(address, name));
  }
}
