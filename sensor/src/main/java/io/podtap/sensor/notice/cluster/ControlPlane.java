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
import io.podtap.sensor.notice.workload.ConnectionRecords;
import io.podtap.sensor.notice.workload.FindingHandler;
import io.podtap.sensor.notice.workload.Learned;
import io.podtap.sensor.notice.workload.Learning;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import io.podtap.sensor.notice.workload.Watcher;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Connections to kubelets, etcd and the API server by workloads that never made any. */
final class ControlPlane implements Watcher {

  private static final long KUBELET = 10_250;
  private static final long KUBELET_READ_ONLY = 10_255;
  private static final long ETCD = 2_379;
  private static final long ETCD_PEER = 2_380;
  private static final long API_SERVER = 6_443;

  private final Learned learned;

  ControlPlane(ClusterSettings settings, Learning learning) {
    learned = new Learned(settings, learning);
  }

  @Override
  public Set<String> logs() {
    return Set.of("conn", "ssl", "http", ConnectionRecords.ESTABLISHED);
  }

  @Override
  public @Nullable RecordFilter filter(String log) {
    String name = log.equals("http") ? "host" : log.equals("ssl") ? "server_name" : "";
    if (name.isEmpty()) {
      return null; // workloads' names are needed
    }
    RememberedTest named = new RememberedTest(ControlPlane::isApiServer);
    return record -> isOwn(record.number("id.resp_p")) || named.test(record.textOrEmpty(name));
  }

  @Override
  public void onRecord(RecordView record, FindingHandler findings) {
    ClusterNotice kind = kind(record);
    Party source = record.originator();
    if (kind == null || source.isExternal()) {
      return;
    }
    Party target = record.responder();
    String key = source.key() + ' ' + kind.zeekName();
    if (learned.isUsual(key, source, record.timeNs())) {
      return;
    }
    String asked =
        switch (record.log()) {
          case "http" -> record.text("method") + ' ' + record.text("uri");
          case "ssl" -> record.text("server_name");
          default -> "";
        };
    findings.raise(
        kind,
        source.name() + " connected to " + what(kind) + " at " + target.name(),
        asked.isEmpty() ? "port " + record.number("id.resp_p") : asked,
        record,
        source,
        target,
        key);
  }

  private static String what(ClusterNotice kind) {
    return switch (kind) {
      case KUBELET_ACCESS -> "a kubelet";
      case ETCD_ACCESS -> "etcd";
      default -> "the API server";
    };
  }

  private static @Nullable ClusterNotice kind(RecordView record) {
    if (record.log().equals("conn") && !ConnectionRecords.isEstablished(record)) {
      return null;
    }
    long port = record.number("id.resp_p");
    if (port == KUBELET_READ_ONLY && record.log().equals(ConnectionRecords.ESTABLISHED)) {
      return null; // its requests are in the clear, and say more
    }
    if (port == KUBELET || port == KUBELET_READ_ONLY) {
      return ClusterNotice.KUBELET_ACCESS;
    }
    if (port == ETCD || port == ETCD_PEER) {
      return ClusterNotice.ETCD_ACCESS;
    }
    boolean named =
        switch (record.log()) {
          case "ssl" -> isApiServer(record.text("server_name"));
          case "http" -> isApiServer(record.text("host"));
          default -> false;
        };
    return port == API_SERVER || named || record.responder().workload().equals("default/kubernetes")
        ? ClusterNotice.API_SERVER_ACCESS
        : null;
  }

  private static boolean isOwn(long port) {
    return port == KUBELET
        || port == KUBELET_READ_ONLY
        || port == ETCD
        || port == ETCD_PEER
        || port == API_SERVER;
  }

  private static boolean isApiServer(String name) {
    return name.equals("kubernetes") || name.startsWith("kubernetes.default");
  }

  @Override
  public List<StateTable> tables() {
    return List.of(learned.table());
  }
}
