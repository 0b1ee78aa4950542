/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.notice.StateTable;
import io.podtap.sensor.notice.filter.RecordFilter;
import io.podtap.sensor.notice.filter.RememberedTest;
import io.podtap.sensor.notice.workload.ClusterNotice;
import io.podtap.sensor.notice.workload.ClusterSettings;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Learned;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Requests to the metadata services of clouds, and what was asked of them. */
final class Metadata implements Watcher {

  private static final Set<String> ADDRESSES =
      Set.of(
          "169.254.169.254", // Amazon, Google, Azure, OpenStack, DigitalOcean
          "fd00:ec2::254", // Amazon
          "fd20:ce::254", // Google
          "169.254.170.2", // Amazon, of tasks
          "169.254.170.23", // Amazon, of pods
          "fd00:ec2::23",
          "100.100.100.200", // Alibaba
          "192.0.0.192"); // Oracle

  private static final Set<String> NAMES =
      Set.of(
          "metadata.google.internal",
          "metadata.goog",
          "metadata",
          "instance-data",
          "instance-data.ec2.internal",
          "metadata.azure.com",
          "metadata.azure.internal",
          "metadata.packet.net",
          "metadata.tencentyun.com");

  private final Learned learned;

  Metadata(ClusterSettings settings, Learning learning) {
    learned = new Learned(settings, learning);
  }

  @Override
  public Set<String> logs() {
    return Set.of("http", "conn");
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    if (!log.equals("http")) {
      return null;
    }
    RememberedTest named = new RememberedTest(Metadata::isNamed);
    RememberedTest addressed = new RememberedTest(ADDRESSES::contains);
    return record ->
        addressed.test(record.textOrEmpty("id.resp_h")) || named.test(record.textOrEmpty("host"));
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    Party target = record.responder();
    boolean isRequest = record.log().equals("http");
    if (!ADDRESSES.contains(target.address()) && !(isRequest && isNamed(record.text("host")))) {
      return;
    }
    Party source = record.originator();
    if (!isRequest
        && (record.text("service").contains("http") || record.text("service").contains("dns"))) {
      return; // its requests are records of their own; names are resolved there as well
    }
    String asked = isRequest ? record.text("uri") : "";
    boolean credentials = isOfCredentials(asked);
    String key = source.key() + (credentials ? " credentials" : "");
    if (learned.isUsual(key, source, record.timeNs())) {
      return;
    }
    findings.raise(
        ClusterNotice.METADATA_ACCESS,
        source.name()
            + (credentials
                ? " asked the metadata service for credentials"
                : " asked the metadata service"),
        isRequest ? record.text("method") + ' ' + asked : "port " + record.number("id.resp_p"),
        record,
        source,
        target,
        key);
  }

  private static boolean isNamed(String host) {
    int colon = host.indexOf(':');
    String name = (colon < 0 ? host : host.substring(0, colon)).toLowerCase(Locale.ROOT);
    return NAMES.contains(name);
  }

  private static boolean isOfCredentials(String uri) {
    String path = uri.toLowerCase(Locale.ROOT);
    return path.contains("security-credentials")
        || path.contains("/token")
        || path.contains("/identity")
        || path.contains("user-data")
        || path.contains("kube-env")
        || path.contains("/credentials");
  }

  @Override
  public List<StateTable> tables() {
    return List.of(learned.table());
  }
}
