/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.WorkloadNames;
import io.podtap.sensor.notice.workload.Party;
import io.podtap.sensor.notice.workload.RecordView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A record of any log, with its ends as workloads. Moved from record to record. One thread. */
final class SeenRecord implements RecordView {

  /** Addresses whose place is remembered. */
  private static final int ADDRESSES_MAX = 10_000;

  private static final Party NOBODY = new Party("", "", /* isExternal= */ false);

  private final WorkloadNames names;
  private final Site site;
  private final Map<String, Boolean> external = new HashMap<>();
  private String log = "";
  private String originatorField = "";
  private String responderField = "";
  private @Nullable LogRecord logged;
  private @Nullable Party originator;
  private @Nullable Party responder;

  SeenRecord(WorkloadNames names, Site site) {
    this.names = names;
    this.site = site;
  }

  SeenRecord wrap(LogRecord logged) {
    this.logged = logged;
    String name = logged.log();
    if (!name.equals(log)) {
      log = name;
      originatorField = field("id.orig_h", "src", "tap.address");
      responderField = field("id.resp_h", "dst", "");
    }
    originator = null;
    responder = null;
    return this;
  }

  @Override
  public LogRecord logged() {
    LogRecord at = logged;
    if (at == null) {
      throw new IllegalStateException("no record");
    }
    return at;
  }

  @Override
  public String log() {
    return log;
  }

  @Override
  public long timeNs() {
    long ts = logged().number("ts");
    return ts == UNSET ? logged().nowNs() : ts;
  }

  @Override
  public String text(String field) {
    return logged().textOrEmpty(field);
  }

  @Override
  public List<String> texts(String field) {
    return logged().texts(field);
  }

  @Override
  public long number(String field) {
    return logged().number(field);
  }

  @Override
  public Party originator() {
    Party known = originator;
    if (known == null) {
      known = party(text(originatorField));
      originator = known;
    }
    return known;
  }

  @Override
  public Party responder() {
    Party known = responder;
    if (known == null) {
      known = party(text(responderField));
      responder = known;
    }
    return known;
  }

  private String field(String usual, String ofNotice, String ofTap) {
    return switch (log) {
      case "notice" -> ofNotice;
      case "tap" -> ofTap;
      default -> usual;
    };
  }

  private Party party(String address) {
    if (address.isEmpty()) {
      return NOBODY;
    }
    String name = names.nameOf(address, timeNs());
    return new Party(address, name, name.isEmpty() && isExternal(address));
  }

  private boolean isExternal(String address) {
    Boolean known = external.get(address);
    if (known == null) {
      known = !site.isLocal(address) && !isForMany(address);
      if (external.size() >= ADDRESSES_MAX) {
        external.clear();
      }
      external.put(address, known);
    }
    return known;
  }

  /** Returns whether an address is one of multicast, of broadcast or of this host. */
  private static boolean isForMany(String address) {
    if (address.indexOf(':') >= 0) {
      return address.startsWith("ff") || address.equals("::");
    }
    int first = Integer.parseInt(address.substring(0, address.indexOf('.')));
    return first >= 224 || first == 0;
  }
}
