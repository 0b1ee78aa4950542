/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.sensor.log.PrivateNetworks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The intervals in which addresses had owners, from all sources. A lookup answers only where one
 * owner alone is possible: intervals are taken as longer by {@link #SLACK_NS} at both ends, because
 * clocks differ, and two owners in one instant mean that neither is certain.
 *
 * <p>Bounded in bytes. What has ended is forgotten after a time, earlier when room is needed; what
 * then still does not fit is counted and has no name. Changes wait, bounded too, until somebody
 * {@link #poll}s them for the journal. Any thread.
 */
public final class Bindings implements Identities {

  /** What clocks of nodes, taps and this machine may differ by. */
  static final long SLACK_NS = TimeUnit.SECONDS.toNanos(3);

  /** After so long, the API has told whose an address is: the kubelet reports within a second. */
  static final long SETTLED_NS = TimeUnit.SECONDS.toNanos(10);

  /** What has ended is kept so long, for flows that began before. */
  public static final long RETENTION_NS = TimeUnit.HOURS.toNanos(1);

  /** Changes that wait for the journal: about as many as a large cluster's first list makes. */
  private static final int CHANGES_MAX = 1 << 17;

  private static final long CHANGE_BYTES = 32;

  /**
   * One line of the journal.
   *
   * @param timeNs when it became known
   * @param binding who has or had the place
   * @param isEnd whether it has ended
   */
  public record Change(long timeNs, Binding binding, boolean isEnd) {}

  /**
   * What was counted.
   *
   * @param bindings that are held
   * @param bytes of heap that they are estimated to take
   * @param rejected bindings that did not fit
   * @param ambiguous lookups for which two owners were possible
   * @param journalLost changes that did not fit into what waits for the journal
   */
  public record Counts(int bindings, long bytes, long rejected, long ambiguous, long journalLost) {}

  private final long bytesMax;
  private final long retentionNs;
  private final boolean isJournaled;
  private final Map<Place, Binding> latest = new HashMap<>();
  private final Deque<Binding> ended = new ArrayDeque<>();
  private final Deque<Change> changes = new ArrayDeque<>();
  private int count;
  private long bytes;
  private long rejected;
  private long ambiguous;
  private long journalLost;

  /** What the API has told holds up to this time; the largest number: until something is said. */
  private long namesHoldNs = Long.MAX_VALUE;

  /** The API has told everything up to this time; the largest number: it is not asked. */
  private long allToldNs = Long.MAX_VALUE;

  /** Whether what is not bound is outside: all bindings of a cluster are known. */
  private boolean isComplete;

  /** Whether services have told the pods behind them. */
  private boolean hasEndpoints;

  private boolean hasPublicIpv4;
  private boolean hasPublicIpv6;

  /**
   * @param bytesMax of heap that bindings may take, by estimate
   * @param retentionNs how long what has ended is kept
   * @param isJournaled whether somebody polls the changes
   */
  public Bindings(long bytesMax, long retentionNs, boolean isJournaled) {
    this.bytesMax = bytesMax;
    this.retentionNs = retentionNs;
    this.isJournaled = isJournaled;
  }

  /**
   * Begins an interval.
   *
   * @param fromNs from when on it is possible, nanoseconds since 1970
   * @param nowNs when it became known
   * @return null when there is no room, which is counted
   */
  public synchronized @Nullable Binding open(
      Place place, Source source, Owner owner, long fromNs, long nowNs) {
    long size = Binding.heapBytes() + owner.heapBytes();
    while (bytes + size > bytesMax && !ended.isEmpty()) {
      remove(ended.removeFirst());
    }
    if (bytes + size > bytesMax) {
      rejected++;
      return null;
    }
    Binding binding = new Binding(place, source, owner, fromNs);
    binding.next = latest.put(place, binding);
    count++;
    bytes += size;
    if (owner.kind() == Owner.Kind.POD && place.port() == NO_PORT && isPublic(place)) {
      hasPublicIpv4 |= isIpv4(place);
      hasPublicIpv6 |= !isIpv4(place);
    }
    hasEndpoints |= owner.kind() == Owner.Kind.SERVICE && !owner.uid().isEmpty();
    change(new Change(nowNs, binding, /* isEnd= */ false));
    return binding;
  }

  /** Ends an interval that was open. */
  public synchronized void close(Binding binding, long untilNs, long nowNs) {
    if (!binding.isHeld) {
      return;
    }
    binding.untilNs = Math.max(untilNs, binding.fromNs);
    ended.addLast(binding);
    change(new Change(nowNs, binding, /* isEnd= */ true));
    forget(nowNs);
  }

  /** Says that an interval lasts at least until a time, and that more may be heard of it. */
  synchronized void last(Binding binding, long untilNs) {
    binding.untilNs = untilNs;
  }

  /** More, or something else, is known of an owner than before. */
  public synchronized void describe(Binding binding, Owner owner, long nowNs) {
    if (!binding.isHeld || binding.owner.equals(owner)) {
      return;
    }
    bytes += owner.heapBytes() - binding.owner.heapBytes();
    binding.owner = owner;
    change(new Change(nowNs, binding, /* isEnd= */ false));
  }

  /**
   * Says how much the API has told; before the first call it is not asked. Both times may go back,
   * when it turns out that a watch was lost some time ago.
   *
   * @param namesHoldNs what it has told holds up to this time: a later name may be outdated; {@link
   *     Long#MAX_VALUE} while all of it is followed, or when it has told nothing
   * @param allToldNs it has told all that it may tell up to this time: a name that is missing later
   *     may follow; 0 while a kind of object was never told, {@link Long#MAX_VALUE} when nothing
   *     will be told
   * @param isWhole whether all of the cluster was told
   */
  public synchronized void apiKnown(long namesHoldNs, long allToldNs, boolean isWhole) {
    this.namesHoldNs = namesHoldNs;
    this.allToldNs = allToldNs;
    isComplete |= isWhole;
  }

  /** Says that all bindings of a cluster are here: an address without one is outside. */
  synchronized void complete() {
    isComplete = true;
  }

  private void change(Change change) {
    if (!isJournaled) {
      return;
    }
    if (changes.size() == CHANGES_MAX || bytes + CHANGE_BYTES * changes.size() > 2 * bytesMax) {
      journalLost++;
    } else {
      changes.addLast(change);
    }
  }

  /** Returns the oldest change that nobody has had, or null. */
  public synchronized @Nullable Change poll() {
    return changes.pollFirst();
  }

  private void forget(long nowNs) {
    if (retentionNs == Long.MAX_VALUE) {
      return;
    }
    for (Binding first = ended.peekFirst();
        first != null && first.untilNs < nowNs - retentionNs;
        first = ended.peekFirst()) {
      remove(ended.removeFirst());
    }
  }

  private void remove(Binding binding) {
    binding.isHeld = false;
    count--;
    bytes -= Binding.heapBytes() + binding.owner.heapBytes();
    Binding head = latest.get(binding.place);
    if (head == binding) {
      if (binding.next == null) {
        latest.remove(binding.place);
      } else {
        latest.put(binding.place, binding.next);
      }
      return;
    }
    for (Binding at = head; at != null; at = at.next) {
      if (at.next == binding) {
        at.next = binding.next;
        return;
      }
    }
  }

  @Override
  public synchronized Owner at(long high, long low, int port, long timeNs) {
    Place place = Place.of(high, low);
    Owner owner = find(place, timeNs);
    if (owner.kind() == Owner.Kind.POD) {
      return hasEndpoints && port != NO_PORT ? served(owner, high, low, port, timeNs) : owner;
    }
    if (port != NO_PORT) {
      Owner bound = find(new Place(high, low, port), timeNs);
      if (bound.isKnown() && !isOfAPod(bound)) {
        return owner.kind() == Owner.Kind.NODE ? bound.on(owner.node()) : bound;
      }
      if (owner.kind() == Owner.Kind.NODE) {
        Owner service = find(new Place(0, 0, port), timeNs);
        return service.isKnown() ? service.on(owner.node()) : owner;
      }
    }
    return owner.isKnown() || latest.containsKey(place) || !isOutside(place, timeNs)
        ? owner
        : Owner.WORLD;
  }

  /** Names the service that has told this pod as one behind it, where it is one alone. */
  private Owner served(Owner pod, long high, long low, int port, long timeNs) {
    Owner endpoint = find(new Place(high, low, port), timeNs);
    return isOfAPod(endpoint) && endpoint.uid().equals(pod.uid()) ? pod.serving(endpoint) : pod;
  }

  /** Whether an endpoint is a pod's, which is known only together with that pod. */
  private static boolean isOfAPod(Owner endpoint) {
    return endpoint.kind() == Owner.Kind.SERVICE && !endpoint.uid().isEmpty();
  }

  /** An address that pods of this cluster might have is outside only once the API had its time. */
  private boolean isOutside(Place place, long timeNs) {
    if (!isComplete || !isPublic(place)) {
      return false;
    }
    boolean mayBePod = isIpv4(place) ? hasPublicIpv4 : hasPublicIpv6;
    return !mayBePod || !isBehind(timeNs);
  }

  private static boolean isIpv4(Place place) {
    return place.high() == 0 && place.low() >>> 32 == 0xFFFF;
  }

  /** Returns whether the address is one of the Internet's: unicast, and not private. */
  private static boolean isPublic(Place place) {
    if (PrivateNetworks.contains(place.high(), place.low())) {
      return false;
    }
    if (isIpv4(place)) {
      int first = (int) (place.low() >>> 24) & 0xFF;
      return first != 0 && first != 127 && first < 224;
    }
    int first = (int) (place.high() >>> 56);
    return first >= 0x20 && first < 0x40; // 2000::/3, all that is assigned
  }

  private Owner find(Place place, long timeNs) {
    Binding found = null;
    for (Binding next = latest.get(place); next != null; next = next.next) {
      if (!isPossible(next, timeNs)) {
        continue;
      }
      if (found == null || found.owner.isSame(next.owner)) {
        found = found == null ? next : preferred(found, next);
        continue;
      }
      Binding chosen = chosen(place, found, next, timeNs);
      if (chosen == null) {
        ambiguous++;
        return Owner.UNKNOWN;
      }
      found = chosen;
    }
    if (found != null && isPassedOn(place, found, timeNs)) {
      ambiguous++;
      return Owner.UNKNOWN;
    }
    return found == null || isUnsettled(found, timeNs) || mayBePod(found, place)
        ? Owner.UNKNOWN
        : found.owner;
  }

  /**
   * Returns whether an owner is at its end and has a successor soon after. The API tells of a
   * successor later than it begins, so the address may be the successor's from that end on.
   */
  private boolean isPassedOn(Place place, Binding found, long timeNs) {
    if (found.isOpen() || timeNs <= found.untilNs - SLACK_NS) {
      return false;
    }
    for (Binding other = latest.get(place); other != null; other = other.next) {
      if (other.fromNs >= found.fromNs
          && other.fromNs <= found.untilNs + SETTLED_NS
          && !other.owner.isSame(found.owner)) {
        return true;
      }
    }
    return false;
  }

  /** Where a pod has ever been seen, the network gives what was taken for a node's to pods. */
  private boolean mayBePod(Binding found, Place place) {
    if (!found.isFrom(Source.ANNOTATION) || found.owner.kind() != Owner.Kind.NODE) {
      return false;
    }
    for (Binding other = latest.get(place); other != null; other = other.next) {
      if (other.owner.kind() == Owner.Kind.POD) {
        return true;
      }
    }
    return false;
  }

  private static Binding preferred(Binding one, Binding other) {
    if (one.source != other.source) {
      return one.source.compareTo(other.source) < 0 ? one : other;
    }
    return one.untilNs >= other.untilNs ? one : other;
  }

  /** Of two that differ, returns the one that counts, or null when neither is certain. */
  private static @Nullable Binding chosen(Place place, Binding one, Binding other, long timeNs) {
    if (one.isFrom(Source.ANNOTATION) != other.isFrom(Source.ANNOTATION)) {
      Binding sure = one.isFrom(Source.ANNOTATION) ? other : one;
      return isWellInside(sure, timeNs) ? sure : null;
    }
    if (one.owner.kind() != other.owner.kind()) {
      Owner.Kind wanted = place.port() == NO_PORT ? Owner.Kind.NODE : Owner.Kind.SERVICE;
      boolean hasService =
          one.owner.kind() == Owner.Kind.SERVICE || other.owner.kind() == Owner.Kind.SERVICE;
      if (hasService && one.owner.kind() == wanted) {
        return one;
      }
      return hasService && other.owner.kind() == wanted ? other : null;
    }
    if (one.source == other.source) {
      return null;
    }
    Binding first = one.source.compareTo(other.source) < 0 ? one : other;
    return isWellInside(first, timeNs) ? first : null;
  }

  private static boolean isPossible(Binding binding, long timeNs) {
    return timeNs >= binding.fromNs - SLACK_NS
        && (binding.isOpen() || timeNs <= binding.untilNs + SLACK_NS);
  }

  private static boolean isWellInside(Binding binding, long timeNs) {
    return timeNs >= binding.fromNs + SLACK_NS
        && (binding.isOpen() || timeNs <= binding.untilNs - SLACK_NS);
  }

  /** Shortly behind an end, a successor may exist that has not been heard of. */
  private boolean isUnsettled(Binding binding, long timeNs) {
    return switch (binding.source) {
      case FILE -> false;
      case REPORT -> timeNs > binding.untilNs;
      case API, ANNOTATION -> timeNs > binding.untilNs && isBehind(timeNs);
    };
  }

  @Override
  public synchronized boolean isBehind(long timeNs) {
    return timeNs > allToldNs - SETTLED_NS;
  }

  @Override
  public synchronized boolean isStale(long timeNs) {
    return timeNs > namesHoldNs;
  }

  /** Returns what was counted. */
  public synchronized Counts counts() {
    return new Counts(count, bytes, rejected, ambiguous, journalLost);
  }
}
