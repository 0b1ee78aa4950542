package io.podtap.tap;

import io.podtap.core.report.Counters;

/**
 * What became of the frames of one interface: {@code seen = droppedByKernel + filtered +
 * delivered}, {@code delivered = mirrored + shed + failed}. Written by the hot thread.
 */
public final class InterfaceLedger {

  private final String name;
  private final Counters<FrameFailure> failed = new Counters<>(FrameFailure.class);
  private long seen;
  private long droppedByKernel;
  private long filtered;
  private long delivered;
  private long mirrored;
  private long shed;

  /** Makes an empty ledger for the interface, or file, of that name. */
  public InterfaceLedger(String name) {
    this.name = name;
  }

  /** States what the source counts. */
  public void source(long seen, long droppedByKernel, long filtered, long delivered) {
    this.seen = seen;
    this.droppedByKernel = droppedByKernel;
    this.filtered = filtered;
    this.delivered = delivered;
  }

  void mirror() {
    mirrored++;
  }

  void leaveOut() {
    shed++;
  }

  void fail(FrameFailure cause) {
    failed.add(cause);
  }

  public String name() {
    return name;
  }

  /** Returns frames of the interface, own traffic left out. */
  public long seen() {
    return seen;
  }

  /** Returns frames for which the ring had no room. */
  public long droppedByKernel() {
    return droppedByKernel;
  }

  /** Returns frames that the user's filter left out. */
  public long filtered() {
    return filtered;
  }

  /** Returns frames that reached the tap. */
  public long delivered() {
    return delivered;
  }

  /** Returns frames that became packets. */
  public long mirrored() {
    return mirrored;
  }

  /** Returns frames that were left out by policy. */
  public long shed() {
    return shed;
  }

  /** Returns frames that did not, by cause. */
  public Counters<FrameFailure> failed() {
    return failed;
  }

  /** Returns whether every frame is accounted for; between batches only, as of the last reading. */
  public boolean isBalanced() {
    return seen == droppedByKernel + filtered + delivered
        && delivered == mirrored + shed + failed.total();
  }
}
