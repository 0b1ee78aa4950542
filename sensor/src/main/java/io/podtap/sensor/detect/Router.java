/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.detect;

import io.podtap.sensor.log.LogRecord;
import io.podtap.sensor.log.LogSchema;
import io.podtap.sensor.notice.AgeTable;
import io.podtap.sensor.notice.NoticeStage;
import io.podtap.sensor.notice.Site;
import io.podtap.sensor.notice.WorkloadNames;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Sends records to the partitions where their ends are at home: that of a workload, or of an
 * address where the workload is not known. One thread.
 *
 * <p>Detections that learn ask since when the other end of a connection is known. So every
 * partition is told once a day of each workload that was seen, by a connection record that has
 * nothing but that end. A partition that only has to know of a record raises no notice for it.
 */
public final class Router {

  private static final String CONN = "conn";

  /**
   * The logs that detections in groups need. Events of parsers are in no topic; detections that
   * take them to be early take the record as well.
   */
  static final Set<String> LOGS =
      Set.of(
          CONN,
          "content",
          "dns",
          "ftp",
          "http",
          "ldap",
          "mysql",
          "notice",
          "postgresql",
          "redis",
          "socks",
          "ssh",
          "ssl");

  /** What takes the announced workloads, bytes. */
  private static final long ANNOUNCED_BYTES_MAX = 8 << 20;

  private static final long ANNOUNCED_NS = 86_400_000_000_000L;

  /** Takes what goes to one partition. */
  @FunctionalInterface
  public interface Target {

    /** Takes an envelope, which is the receiver's. */
    void send(int partition, byte[] envelope);
  }

  /** The groups that take a log's records, by the homes of their state. */
  private final Map<String, Map<Home, Set<DetectionGroup>>> routes = new HashMap<>();

  private final Set<DetectionGroup> needingOthers = EnumSet.noneOf(DetectionGroup.class);
  private final AgeTable<String, Boolean> announced =
      new AgeTable<>(ANNOUNCED_BYTES_MAX, ANNOUNCED_NS, _ -> 0);
  private final Site site;
  private final int partitions;

  /**
   * Prepares the routes of the detections that were chosen.
   *
   * @throws io.podtap.core.config.SettingsException when an option is invalid
   */
  public Router(DetectSettings settings) {
    this.site = settings.notices().site();
    this.partitions = settings.partitions();
    Map<DetectionGroup, NoticeStage> stages =
        GroupStages.make(settings.notices(), new NoticeOutput((_, _) -> {}), WorkloadNames.NONE);
    stages.forEach((group, stage) -> {
      if (group.needsOthers() && stage.logs().contains(CONN)) {
        needingOthers.add(group);
      }
      Set<String> logs = new TreeSet<>(stage.logs());
      logs.retainAll(LOGS);
      for (String log : logs) {
        for (Home home : group.homes(log)) {
          routes
              .computeIfAbsent(log, _ -> new EnumMap<>(Home.class))
              .computeIfAbsent(home, _ -> EnumSet.noneOf(DetectionGroup.class))
              .add(group);
        }
      }
    });
  }

  /** Returns the names of the logs whose records are wanted. */
  public Set<String> logs() {
    return new TreeSet<>(routes.keySet());
  }

  /**
   * Sends one record to where it is wanted.
   *
   * @param json the record; not kept
   * @param timeNs when it was written, nanoseconds since 1970
   * @throws IllegalArgumentException when the record is invalid; nothing was sent
   */
  public void route(String log, byte[] json, long timeNs, Target target) {
    Map<Home, Set<DetectionGroup>> wanted = routes.get(log);
    if (wanted == null) {
      return;
    }
    LogRecord record = JsonRecord.parse(log, json, 0, timeNs);
    if (log.equals(CONN) && !needingOthers.isEmpty()) {
      announce(record, Home.ORIGINATOR, timeNs, target);
      announce(record, Home.RESPONDER, timeNs, target);
    }
    Map<Home, Set<DetectionGroup>> ends = new EnumMap<>(Home.class);
    wanted.forEach((home, groups) -> {
      Home end = home == Home.INSIDE ? inside(record) : home;
      ends.computeIfAbsent(end, _ -> EnumSet.noneOf(DetectionGroup.class)).addAll(groups);
    });
    ends.forEach((end, groups) -> send(record, end, groups, json, target));
  }

  private void send(
      LogRecord record, Home end, Set<DetectionGroup> groups, byte[] json, Target target) {
    String key = key(record, end);
    if (key.isEmpty()) {
      return;
    }
    int home = partition(key);
    boolean raises = groups.stream().anyMatch(group -> group.raises(end));
    target.send(home, Envelope.write(raises, groups, record.log(), json));
    Set<DetectionGroup> forAll = EnumSet.copyOf(groups);
    forAll.removeIf(group -> !group.isForAll(record));
    if (!forAll.isEmpty()) {
      tell(forAll, record.log(), json, home, target);
    }
  }

  /** Lets all partitions but one know of a record. */
  private void tell(
      Set<DetectionGroup> groups, String log, byte[] json, int except, Target target) {
    byte[] envelope = Envelope.write(/* raises= */ false, groups, log, json);
    for (int partition = 0; partition < partitions; partition++) {
      if (partition != except) {
        target.send(partition, envelope);
      }
    }
  }

  /** Returns the end that is inside; the originator when both or none are. */
  private Home inside(LogRecord record) {
    return isOutside(record, Home.ORIGINATOR) && !isOutside(record, Home.RESPONDER)
        ? Home.RESPONDER
        : Home.ORIGINATOR;
  }

  private boolean isOutside(LogRecord record, Home end) {
    return RecordNames.name(record, end).isEmpty() && !isLocal(RecordNames.address(record, end));
  }

  private boolean isLocal(String address) {
    return !address.isEmpty() && site.isLocal(address);
  }

  /** Returns what an end is kept by: its workload, or its address. */
  private static String key(LogRecord record, Home end) {
    String name = RecordNames.name(record, end);
    return name.isEmpty() ? RecordNames.address(record, end) : name;
  }

  /** Spreads keys evenly; the same for every instance and version. */
  private int partition(String key) {
    int hash = 0x811C9DC5; // FNV-1a
    for (int i = 0; i < key.length(); i++) {
      hash = (hash ^ key.charAt(i)) * 0x0100_0193;
    }
    return Math.floorMod(hash ^ hash >>> 16, partitions);
  }

  /** Tells all partitions of an end inside, unless they were told today. */
  private void announce(LogRecord record, Home end, long timeNs, Target target) {
    String address = RecordNames.address(record, end);
    if (address.isEmpty() || isOutside(record, end)) {
      return;
    }
    String key = key(record, end);
    if (announced.get(key, timeNs) != null) {
      return;
    }
    announced.put(key, true, timeNs);
    tell(needingOthers, CONN, announcement(record, end, address), /* except= */ -1, target);
  }

  /** Makes a record of a connection that was not established and has this end alone. */
  private static byte[] announcement(LogRecord record, Home end, String address) {
    Map<String, String> fields = new TreeMap<>();
    fields.put("id.orig_h", address);
    fields.put("conn_state", "OTH");
    String name = RecordNames.name(record, end);
    int slash = name.indexOf('/');
    if (slash > 0 && name.startsWith("Node/")) {
      fields.put("k8s.orig.node", name.substring(slash + 1));
    } else if (slash > 0) {
      fields.put("k8s.orig.namespace", name.substring(0, slash));
      fields.put("k8s.orig.workload", name.substring(slash + 1));
    }
    StringBuilder json = new StringBuilder("{");
    fields.forEach((field, value) ->
        json.append('"').append(field).append("\":\"").append(escaped(value)).append("\","));
    long ts = record.number("ts");
    long timeNs = ts == LogSchema.UNSET ? record.nowNs() : ts;
    json.append("\"ts\":")
        .append(
            String.format(
                Locale.ROOT, "%d.%06d", timeNs / 1_000_000_000, timeNs / 1_000 % 1_000_000));
    return json.append('}').toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
