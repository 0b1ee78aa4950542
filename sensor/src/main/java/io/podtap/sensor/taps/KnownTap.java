/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;
import io.podtap.core.text.AddressText;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One sender address, VNI and, once it has reported, id: a tap, once it is known ({@link
 * KnownTaps}); an unknown sender until then. Two taps of one pod differ by their ids. Ports of an
 * address that have not reported are one sender without an id, beside the taps of that address.
 */
public final class KnownTap {

  /** Characters of an id; Podtap's own has eight, and a namespace before them perhaps. */
  public static final int ID_LENGTH_MAX = 128;

  /** In the place of a network identifier, which streams have none of. */
  static final int STREAM = -2;

  private static final TapReport NOTHING = new TapReport(Map.of());

  private final int index;
  private final long addressHigh;
  private final long addressLow;
  private final int vni;
  private final Trust trust;
  private final ClockOffset clock = new ClockOffset();
  private final ClockOffset reportClock = new ClockOffset();
  private volatile String id;
  private volatile TapReport report = NOTHING;
  private long lastReportNs;
  private long firstSeenNs;
  private long lastSeenNs;
  private boolean changed;

  private int lanes;
  private boolean hadSeveralLanes;

  /** Another tap of the same address and VNI, of a sender that has said no id. */
  private @Nullable KnownTap neighbor;

  private @Nullable KnownTap heir;
  private boolean hasSeveralHeirs;

  /** The tap that all lanes of this sender turned out to be of. */
  private volatile @Nullable KnownTap successor;

  /** The lane of its streams, if it has any. */
  @Nullable ReceivedLane stream;

  /** What makes a sender known. */
  enum Trust {
    LISTED,
    REPORT,
    NOTHING
  }

  KnownTap(int index, long addressHigh, long addressLow, int vni, String id, Trust trust) {
    this.id = id;
    this.index = index;
    this.addressHigh = addressHigh;
    this.addressLow = addressLow;
    this.vni = vni;
    this.trust = trust;
  }

  long addressHigh() {
    return addressHigh;
  }

  long addressLow() {
    return addressLow;
  }

  /** Returns whether it is neither listed nor has proved who it is. */
  boolean isUnproven() {
    return trust != Trust.LISTED;
  }

  /** Returns the tap's own id, or an empty text before it has said it. */
  String id() {
    return id;
  }

  void id(String said) {
    id = said;
    neighbor = null;
  }

  /** Returns lanes of this tap in its table. */
  int lanes() {
    return lanes;
  }

  void addLane() {
    lanes++;
    hadSeveralLanes |= lanes > 1;
  }

  /** Takes back {@link #addLane}. */
  void dropLane() {
    lanes--;
  }

  /** Returns whether all that this sender ever sent came over one lane, and it has said no id. */
  boolean hasOneLaneAndNoId() {
    return id.isEmpty() && lanes == 1 && !hadSeveralLanes;
  }

  /**
   * Gives a lane of this sender to the tap that it is of.
   *
   * @return whether it was the last one of a sender without an id, which leaves its table
   */
  boolean removeLane(KnownTap to) {
    lanes--;
    if (!id.isEmpty()) {
      return false;
    }
    hasSeveralHeirs |= heir != null && heir != to;
    heir = to;
    neighbor = to;
    if (lanes == 0 && !hasSeveralHeirs) {
      successor = to;
    }
    return lanes == 0;
  }

  /** Returns the tap that this sender turned out to be, or this one. Any thread. */
  KnownTap current() {
    KnownTap tap = successor;
    return tap == null ? this : tap;
  }

  /** Returns whether nobody asks for this sender any more, once it left its table. */
  boolean isGone(Set<KnownTap> leaving, long silentSinceNs) {
    KnownTap tap = successor;
    return tap == null ? lastSeenNs <= silentSinceNs : leaving.contains(tap);
  }

  void beside(@Nullable KnownTap tap) {
    neighbor = tap;
  }

  void onSeen(long nowNs) {
    if (firstSeenNs == 0) {
      firstSeenNs = nowNs;
    }
    lastSeenNs = nowNs;
  }

  void onReport(TapReport received, long nowNs) {
    onSeen(nowNs);
    if (isOlder(received)) {
      return; // overtaken by the report of another lane
    }
    long sentNs = received.count(TapReport.TIME);
    if (sentNs > 0) {
      reportClock.observe(sentNs, nowNs);
    }
    report = received;
    lastReportNs = nowNs;
    changed = true;
  }

  private boolean isOlder(TapReport received) {
    return received.value(TapReport.START).equals(report.value(TapReport.START))
        && received.count(TapReport.SEQUENCE) >= 0
        && received.count(TapReport.SEQUENCE) < report.count(TapReport.SEQUENCE);
  }

  /** Returns whether a report came since the last call; the next call says no. */
  public boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /** Returns the number by which frames name this tap; never given to another one. */
  public int index() {
    return index;
  }

  /**
   * Returns whether this sender is a tap: listed, or where there is no list, heard to report; a
   * port that has not reported counts as its address.
   */
  public boolean isKnown() {
    return switch (trust) {
      case LISTED -> true;
      case REPORT -> lastReportNs != 0 || (neighbor != null && neighbor.lastReportNs != 0);
      case NOTHING -> false;
    };
  }

  /** Returns the last report, empty of values before the first. */
  public TapReport report() {
    return report;
  }

  /** Returns the tap's clock against ours, by the times of its frames. */
  public ClockOffset clock() {
    return clock;
  }

  /** Returns the same, by its reports where its frames do not say when they were captured. */
  public ClockOffset clockOrReports() {
    return clock.isKnown() ? clock : reportClock;
  }

  /** Returns the network identifier that this tap's frames carry; below 0 for none. */
  public int vni() {
    return vni;
  }

  /** Returns when the last report came, nanoseconds since 1970, or 0. */
  public long lastReportNs() {
    return lastReportNs;
  }

  /** Returns when the first frame or report came, nanoseconds since 1970, or 0. */
  public long firstSeenNs() {
    return firstSeenNs;
  }

  /** Returns when the last frame or report came, nanoseconds since 1970, or 0. */
  public long lastSeenNs() {
    return lastSeenNs;
  }

  /**
   * Returns the name by which records mention this tap: its own id, or its address before a report.
   */
  public String name() {
    return id.isEmpty() ? address() : id;
  }

  /** Returns the sender's address as text, IPv4 unmapped, IPv6 as other logs write it. */
  public String address() {
    return AddressText.of(addressHigh, addressLow);
  }
}
