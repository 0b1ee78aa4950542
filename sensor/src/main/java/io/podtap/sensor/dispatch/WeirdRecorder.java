/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.dispatch;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.log.WeirdLog;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.LogStream;

/**
 * Writes {@code weird.log} by Zeek's rules. A record has one of four forms: of a flow (id and
 * addresses), of a packet (addresses with ports 0), of nobody in particular (neither), of a file
 * (neither; the file's id stands in {@code addl}). What becomes of it says {@link WeirdAction}: the
 * same name with the same identifier is silent for a while. The identifier is the flow's addresses
 * and ports, the packet's two addresses, or nothing. Allocates nothing. One thread.
 *
 * @see "Zeek: scripts/base/frameworks/notice/weird.zeek; src/Reporter.cc"
 */
public final class WeirdRecorder {

  private final LogStream<WeirdLog.Row> log;
  private final WeirdLog.Row row = new WeirdLog.Row();
  private final RecentSet recent = new RecentSet(1 << 14);
  private final WeirdMemory shared;
  private long timeNs;
  private long clockNs;

  WeirdRecorder(LogSink sink, WeirdMemory shared) {
    this.shared = shared;
    log = sink.open(WeirdLog.schema());
  }

  void now(long timeNs, long clockNs) {
    this.timeNs = timeNs;
    this.clockNs = clockNs;
  }

  /**
   * Notes a weird of a flow.
   *
   * @param name as Zeek names it
   * @param detail what exactly, or an empty text
   * @param source the analyzer that found it, or an empty text
   */
  public void ofFlow(Flow flow, String name, String detail, String source) {
    flow.noteWeird();
    WeirdAction action = WeirdAction.of(name);
    if (action == WeirdAction.IGNORE) {
      return;
    }
    long originator = RecentSet.mix(flow.originatorHigh(), flow.originatorLow(), name.hashCode());
    boolean isNew =
        action.isPerOriginator()
            ? shared.add(originator, clockNs, action.silenceNs())
            : recent.add(id(flow, originator), clockNs, action.silenceNs());
    if (isNew) {
      row.flow = flow;
      row.hasAddresses = false;
      write(action, name, detail, source);
      row.flow = null;
    }
  }

  private static long id(Flow flow, long originator) {
    long ports =
        (long) flow.protocol() << 32 | (long) flow.originatorPort() << 16 | flow.responderPort();
    return RecentSet.mix(flow.responderHigh() + originator, flow.responderLow(), ports);
  }

  /** Notes a weird of a packet that belongs to no flow; parameters as for a flow. */
  public void ofPacket(
      String name,
      String detail,
      String source,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    WeirdAction action = WeirdAction.of(name);
    if (action == WeirdAction.IGNORE) {
      return;
    }
    long sender = RecentSet.mix(sourceHigh, sourceLow, name.hashCode());
    long id =
        action.isPerOriginator() ? sender : RecentSet.mix(destinationHigh, destinationLow, sender);
    if (shared.add(id, clockNs, action.silenceNs())) {
      row.hasAddresses = true;
      row.sourceHigh = sourceHigh;
      row.sourceLow = sourceLow;
      row.destinationHigh = destinationHigh;
      row.destinationLow = destinationLow;
      write(action, name, detail, source);
    }
  }

  /** Notes a weird of nobody in particular: a packet without addresses that are to be trusted. */
  public void ofNobody(String name, String detail, String source) {
    WeirdAction action = WeirdAction.of(name);
    if (action != WeirdAction.IGNORE
        && shared.add(RecentSet.mix(0, 0, name.hashCode()), clockNs, action.silenceNs())) {
      row.hasAddresses = false;
      write(action, name, detail, source);
    }
  }

  /**
   * Notes a weird of a file.
   *
   * @param fuid the file's id
   */
  public void ofFile(String name, String fuid, String detail) {
    ofNobody(name, detail.isEmpty() ? fuid : fuid + ": " + detail, /* source= */ "");
  }

  private void write(WeirdAction action, String name, String detail, String source) {
    row.timeNs = timeNs;
    row.name = name;
    row.detail = detail;
    row.source = source;
    row.isNotice = action == WeirdAction.NOTICE_PER_ORIGINATOR;
    log.write(row);
  }
}
