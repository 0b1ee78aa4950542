/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway;

import io.podtap.core.packet.Frame;
import io.podtap.core.packet.FrameHandler;
import io.podtap.core.report.TapReport;
import io.podtap.core.text.PlainText;
import io.podtap.gateway.output.Output;
import io.podtap.gateway.output.Sender;
import io.podtap.gateway.output.Senders;
import io.podtap.sensor.taps.KnownTap;
import io.podtap.sensor.taps.TapTable;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands each frame to every output, with the number of its sender. The gateway's thread; nothing is
 * allocated for a frame of a sender that is known.
 */
final class Distributor implements FrameHandler {

  /** Senders found without a map: of so many at a time, each has a place of its own. */
  private static final int SLOTS = 1 << 10;

  /** Senders that are told apart: every tap of a full table, some with two link types. */
  private static final int SENDERS_MAX = 8_192;

  /** Numbers of senders that are called something else by now: frames of them wait in queues. */
  private static final int FORMER_MAX = 4_096;

  /** A sender is given another name so seldom, but for the first time. */
  private static final long RENAME_NS = TimeUnit.MINUTES.toNanos(1);

  private static final int NAME_CHARACTERS_MAX = 128;
  private static final int DESCRIPTION_CHARACTERS_MAX = 512;

  private static final String OTHER = "other";

  private final TapTable taps;
  private final Senders senders;
  private final List<Output> outputs;
  private final Map<Long, Known> known = new HashMap<>();
  private final @Nullable Known[] slots = new Known[SLOTS];

  /** By link type, those beyond {@link #SENDERS_MAX}. */
  private final Map<Integer, Known> others = new HashMap<>();

  private final ArrayDeque<Integer> former = new ArrayDeque<>();
  private long frames;

  /** A tap and a link type, with the number that stands for them now. */
  private static final class Known {
    final int tap;
    final Sender sender;
    final int number;

    /** What the name was made from. */
    final @Nullable TapReport report;

    /** When it may have another name. */
    final long renameNs;

    Known(int tap, Sender sender, int number, @Nullable TapReport report, long renameNs) {
      this.tap = tap;
      this.sender = sender;
      this.number = number;
      this.report = report;
      this.renameNs = renameNs;
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
      found = known.get(key(tap, linkType));
      if (found == null) {
        found = introduce(tap, linkType);
      }
      slots[slot] = found;
    }
    return found.number;
  }

  private static long key(int tap, int linkType) {
    return (long) linkType << 32 | Integer.toUnsignedLong(tap);
  }

  private Known introduce(int tap, int linkType) {
    if (known.size() >= SENDERS_MAX) {
      return others.computeIfAbsent(
          linkType,
          _ -> {
            Sender other = new Sender(OTHER, "", linkType);
            return new Known(-1, other, senders.add(other), null, 0);
          });
    }
    Known introduced = name(tap, linkType, 0);
    known.put(key(tap, linkType), introduced);
    return introduced;
  }

  private Known name(int tap, int linkType, long renameNs) {
    KnownTap found = taps.tap(tap);
    Sender sender = describe(found, linkType);
    return new Known(
        tap, sender, senders.add(sender), found == null ? null : found.report(), renameNs);
  }

  /** Gives a new number to whoever has said more of itself, and forgets who is gone. */
  void refresh(long nowNs) {
    boolean changed = false;
    for (Iterator<Map.Entry<Long, Known>> all = known.entrySet().iterator(); all.hasNext(); ) {
      Map.Entry<Long, Known> entry = all.next();
      Known present = entry.getValue();
      KnownTap tap = taps.tap(present.tap);
      if (tap != null && (tap.report().equals(present.report) || nowNs < present.renameNs)) {
        continue;
      }
      int linkType = present.sender.linkType();
      if (tap == null) {
        all.remove();
      } else if (describe(tap, linkType).equals(present.sender)) {
        entry.setValue(
            new Known(present.tap, present.sender, present.number, tap.report(), present.renameNs));
        continue;
      } else {
        entry.setValue(name(present.tap, linkType, nowNs + RENAME_NS));
      }
      changed = true;
      retire(present.number);
    }
    if (changed) {
      java.util.Arrays.fill(slots, null);
    }
  }

  /** Frames with that number wait in queues, for seconds at most: it is forgotten a while later. */
  private void retire(int number) {
    former.add(number);
    if (former.size() > FORMER_MAX) {
      senders.remove(former.remove());
    }
  }

  private static Sender describe(@Nullable KnownTap tap, int linkType) {
    if (tap == null) {
      return new Sender(OTHER, "", linkType);
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
    return new Sender(
        PlainText.of(name, NAME_CHARACTERS_MAX),
        PlainText.of(description.toString(), DESCRIPTION_CHARACTERS_MAX),
        linkType);
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
