package io.podtap.gateway;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.report.TapReport;
import io.podtap.gateway.output.Output;
import io.podtap.gateway.output.Sender;
import io.podtap.gateway.output.Senders;
import io.podtap.sensor.taps.Tap;
import io.podtap.sensor.taps.TapTable;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hands each frame to every output, with the number of its sender. The gateway's thread; nothing is
 * allocated for a frame of a sender that is known.
 */
final class Distributor implements FrameHandler {

  /** Senders found without a map: of so many at a time, each has a place of its own. */
  private static final int SLOTS = 1 << 10;

  private final TapTable taps;
  private final Senders senders;
  private final List<Output> outputs;
  private final Map<Long, Known> known = new HashMap<>();
  private final @Nullable Known[] slots = new Known[SLOTS];
  private long frames;

  /** A tap and a link type, with the number that stands for them now. */
  private static final class Known {
    final int tap;
    final Sender sender;
    final int number;

    Known(int tap, Sender sender, int number) {
      this.tap = tap;
      this.sender = sender;
      this.number = number;
    }
  }

  Distributor(TapTable taps, Senders senders, List<Output> outputs) {
    this.taps = taps;
    this.senders = senders;
    this.outputs = outputs;
  }

  @Override
  public void onFrame(Frame frame) {
    int number = number(frame.interfaceIndex(), frame.linkType());
    frames++;
    for (int i = 0; i < outputs.size(); i++) {
      outputs.get(i).offer(frame, number);
    }
  }

  @Override
  public void onBatchEnd() {
    for (int i = 0; i < outputs.size(); i++) {
      outputs.get(i).publish();
    }
  }

  private int number(int tap, int linkType) {
    int slot = (tap * 31 + linkType) & (SLOTS - 1);
    Known found = slots[slot];
    if (found == null || found.tap != tap || found.sender.linkType() != linkType) {
      found = known.computeIfAbsent(key(tap, linkType), _ -> introduce(tap, linkType));
      slots[slot] = found;
    }
    return found.number;
  }

  private static long key(int tap, int linkType) {
    return (long) linkType << 32 | Integer.toUnsignedLong(tap);
  }

  private Known introduce(int tap, int linkType) {
    Sender sender = describe(tap, linkType);
    return new Known(tap, sender, senders.add(sender));
  }

  /** Gives a new number to whoever has said more of itself, and forgets who is gone. */
  void refresh() {
    boolean changed = false;
    for (Iterator<Map.Entry<Long, Known>> all = known.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Long, Known> entry = all.next();
      Known present = entry.getValue();
      Sender sender = describe(present.tap, present.sender.linkType());
      if (sender.equals(present.sender)) {
        continue;
      }
      changed = true;
      if (find(present.tap) == null) {
        senders.remove(present.number);
        all.remove();
      } else {
        entry.setValue(new Known(present.tap, sender, senders.add(sender)));
      }
    }
    if (changed) {
      java.util.Arrays.fill(slots, null);
    }
  }

  private @Nullable Tap find(int index) {
    for (Tap tap : taps.taps()) {
      if (tap.index() == index) {
        return tap;
      }
    }
    return null;
  }

  private Sender describe(int index, int linkType) {
    Tap tap = find(index);
    if (tap == null) {
      return new Sender("other", "", linkType);
    }
    TapReport report = tap.report();
    String pod = report.value(TapReport.POD);
    String namespace = report.value(TapReport.NAMESPACE);
    String name = pod.isEmpty() ? tap.address() : namespace.isEmpty() ? pod : namespace + '/' + pod;
    StringBuilder description = new StringBuilder("tap ").append(tap.name());
    append(description, "interface", report.value(TapReport.INTERFACE));
    append(description, "node", report.value(TapReport.NODE));
    append(description, "address", tap.address());
    append(description, "VNI", tap.vni() < 0 ? report.value(TapReport.VNI) : tap.vni() + "");
    return new Sender(name, description.toString(), linkType);
  }

  private static void append(StringBuilder text, String what, String value) {
    if (!value.isEmpty()) {
      text.append(", ").append(what).append(' ').append(value);
    }
  }

  /** Returns frames handed on so far. */
  long frames() {
    return frames;
  }
}
