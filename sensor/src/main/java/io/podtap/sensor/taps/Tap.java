package io.podtap.sensor.taps;

import io.podtap.core.report.TapReport;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** One sender address and VNI: a tap, once it has reported; a stranger until then. */
public final class Tap {

  private static final TapReport NOTHING = new TapReport(Map.of());

  private final int index;
  private final List<Lane> lanes = new ArrayList<>();
  private final long addressHigh;
  private final long addressLow;
  private final int vni;
  private final ReportOrder order = new ReportOrder();
  private TapReport report = NOTHING;
  private long lastReportNs;
  private long firstSeenNs;
  private long lastSeenNs;
  private boolean changed;

  Tap(int index, long addressHigh, long addressLow, int vni) {
    this.index = index;
    this.addressHigh = addressHigh;
    this.addressLow = addressLow;
    this.vni = vni;
  }

  boolean matches(long high, long low, int identifier) {
    return addressLow == low && addressHigh == high && vni == identifier;
  }

  /** Returns the source ports that this tap has used. */
  public List<Lane> lanes() {
    return Collections.unmodifiableList(lanes);
  }

  void add(Lane lane) {
    lanes.add(lane);
  }

  void onSeen(long nowNs) {
    if (firstSeenNs == 0) {
      firstSeenNs = nowNs;
    }
    lastSeenNs = nowNs;
  }

  void onReport(TapReport received, long nowNs) {
    onSeen(nowNs);
    lastReportNs = nowNs;
    changed = true;
    long start = received.count(TapReport.START);
    if (order.take(start, received.count(TapReport.SEQUENCE)) != ReportOrder.Verdict.LATE) {
      report = received; // the others of its round say the same of the tap
    }
  }

  /** Returns whether a report came since the last call; the next call says no. */
  public boolean takeChanged() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /** Returns the number by which frames name this tap, counted from zero. */
  public int index() {
    return index;
  }

  /** Returns whether this sender has ever reported itself. */
  public boolean isKnown() {
    return lastReportNs != 0;
  }

  /** Returns the last report, empty of values before the first. */
  public TapReport report() {
    return report;
  }

  /** Returns the network identifier that this tap's frames carry. */
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
    String id = report.value(TapReport.TAP_ID);
    return id.isEmpty() ? address() : id;
  }

  /** Returns the sender's address as text, IPv4 unmapped. */
  public String address() {
    byte[] bytes = ByteBuffer.allocate(16).putLong(addressHigh).putLong(addressLow).array();
    try {
      return InetAddress.getByAddress(bytes).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an address", e);
    }
  }
}
