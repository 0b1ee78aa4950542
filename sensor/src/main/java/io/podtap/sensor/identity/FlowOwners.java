/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.sensor.flow.Flow;
import io.podtap.sensor.identity.TapOwners.TapOwner;
import org.jspecify.annotations.Nullable;

/**
 * Who was at both ends of a flow when it began, by the clock of this machine. Each flow is looked
 * up once, again only while an end may still become known. One thread.
 *
 * <p>A tap sees nothing but its own pod's packets: where one has delivered the flow, the end that
 * has one of that pod's addresses is that pod, whatever the time. Where the API names another pod
 * for that address, neither is named.
 */
public final class FlowOwners {

  /** A power of two. */
  private static final int PLACES = 512;

  private final Identities identities;
  private final TapOwners taps;
  private final @Nullable Ends[] known = new Ends[PLACES];

  /** The owners of one flow's ends. */
  public static final class Ends {

    private final long uidHigh;
    private final long uidLow;
    private final long originatorHigh;
    private final long originatorLow;
    private final int originatorPort;
    private Owner originator = Owner.UNKNOWN;
    private Owner responder = Owner.UNKNOWN;
    private boolean isLate;
    private boolean isSettled;
    private byte @Nullable [] json;

    Ends(Flow flow) {
      uidHigh = flow.uidHigh();
      uidLow = flow.uidLow();
      originatorHigh = flow.originatorHigh();
      originatorLow = flow.originatorLow();
      originatorPort = flow.originatorPort();
    }

    boolean isOf(Flow flow) {
      return uidLow == flow.uidLow()
          && uidHigh == flow.uidHigh()
          && originatorLow == flow.originatorLow()
          && originatorHigh == flow.originatorHigh()
          && originatorPort == flow.originatorPort();
    }

    /** Returns who was the originator. */
    public Owner originator() {
      return originator;
    }

    /** Returns who was the responder. */
    public Owner responder() {
      return responder;
    }

    /** Returns whether a name that is there may be outdated, or one that is not may follow. */
    public boolean isLate() {
      return isLate;
    }

    /** Returns whether there is anything to say. */
    public boolean isKnown() {
      return originator.isKnown() || responder.isKnown() || isLate;
    }

    byte @Nullable [] json() {
      return json;
    }

    void json(byte[] text) {
      if (isSettled) {
        json = text;
      }
    }
  }

  public FlowOwners(Identities identities, TapOwners taps) {
    this.identities = identities;
    this.taps = taps;
  }

  /** Looks up a flow for a record of it. */
  public Ends find(Flow flow) {
    int place = (int) flow.uidLow() & (PLACES - 1);
    Ends ends = known[place];
    if (ends == null || !ends.isOf(flow)) {
      ends = new Ends(flow);
      known[place] = ends;
    }
    if (!ends.isSettled) {
      settle(ends, flow);
    }
    return ends;
  }

  /** Returns what {@link #find} has returned last for this flow. */
  Ends found(Flow flow) {
    Ends ends = known[(int) flow.uidLow() & (PLACES - 1)];
    return ends != null && ends.isOf(flow) ? ends : find(flow);
  }

  private void settle(Ends ends, Flow flow) {
    long timeNs = flow.firstSeenNs;
    int port = Identities.portOf(flow.protocol(), flow.responderPort());
    Owner originator =
        identities.at(flow.originatorHigh(), flow.originatorLow(), Identities.NO_PORT, timeNs);
    Owner responder = identities.at(flow.responderHigh(), flow.responderLow(), port, timeNs);
    ends.originator = byTaps(flow, flow.originatorHigh(), flow.originatorLow(), originator);
    ends.responder = byTaps(flow, flow.responderHigh(), flow.responderLow(), responder);
    boolean isWhole = ends.originator.isKnown() && ends.responder.isKnown();
    ends.isLate = identities.isStale(timeNs) || (!isWhole && identities.isBehind(timeNs));
    ends.isSettled = isWhole && !ends.isLate;
  }

  private Owner byTaps(Flow flow, long high, long low, Owner otherwise) {
    if (flow.taps().first() == Flow.NO_TAP) {
      return otherwise;
    }
    TapOwner tap = taps.of(flow.taps().first());
    for (int i = 0; i < flow.taps().otherCount() && (tap == null || !tap.has(high, low)); i++) {
      tap = taps.of(flow.taps().other(i));
    }
    if (tap == null || !tap.has(high, low)) {
      return otherwise;
    }
    if (otherwise.kind() != Owner.Kind.POD) {
      return tap.owner();
    }
    return otherwise.isSame(tap.owner()) ? fuller(otherwise, tap.owner()) : Owner.UNKNOWN;
  }

  private static Owner fuller(Owner one, Owner other) {
    return one.workload().isEmpty() && !other.workload().isEmpty() ? other : one;
  }
}
