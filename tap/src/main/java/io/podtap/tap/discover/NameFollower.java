/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.agent.Backoff;
import io.podtap.core.config.Endpoint;
import io.podtap.core.kubernetes.ApiException;
import io.podtap.core.kubernetes.ApiFailure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Follows the addresses of a name, by the system's resolver. DNS cannot say that there is none: a
 * name without addresses keeps the last ones. One thread.
 *
 * <p>A pod with two addresses cannot be told from two pods: addresses of one family are used, that
 * of which more can be reached.
 */
final class NameFollower implements Follower {

  /** Names of the system's resolver have no visible lifetime. Clusters keep them for 5 to 30 s. */
  private static final long CALM_MS = 10_000;

  /** While there is no sensor at all. */
  private static final long EAGER_MS_MAX = 2_000;

  private static final int ADDRESSES_MAX = 4_096;

  /** Resolves a name; the system's resolver, but for tests. */
  interface Resolver {
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private final SensorTarget.Name name;
  private final int port;
  private final Resolver resolver;
  private final Predicate<Endpoint> reachable;
  private final Findings findings;
  private final Backoff backoff;
  private boolean known;

  NameFollower(
      SensorTarget.Name name,
      int port,
      Resolver resolver,
      Predicate<Endpoint> reachable,
      Findings findings,
      Backoff backoff) {
    this.name = name;
    this.port = port;
    this.resolver = resolver;
    this.reachable = reachable;
    this.findings = findings;
    this.backoff = backoff;
  }

  /** Asks the system; the JDK's own cache of answers would hide changes and is switched off. */
  static Resolver system() {
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    return InetAddress::getAllByName;
  }

  @Override
  public long step() {
    findings.request();
    try {
      List<Candidate> found = candidates(resolver.resolve(name.host()));
      findings.found(found);
      findings.following();
      known = true;
      backoff.reset();
      return backoff.around(CALM_MS);
    } catch (UnknownHostException e) {
      ApiException failure =
          new ApiException(
              ApiFailure.NAME_UNKNOWN,
              "DNS has no address of "
                  + name.host()
                  + " (no such name, no ready sensor behind it, or DNS is away)");
      findings.failed(failure);
      long wait = backoff.nextMs(failure.longestWaitMs(), failure.leastWaitMs());
      return known ? backoff.around(CALM_MS) : Math.min(wait, EAGER_MS_MAX);
    }
  }

  private List<Candidate> candidates(InetAddress[] addresses) {
    List<Endpoint> ipv4 = new ArrayList<>();
    List<Endpoint> ipv6 = new ArrayList<>();
    for (InetAddress address : addresses) {
      List<Endpoint> family = address.getAddress().length == 4 ? ipv4 : ipv6;
      if (family.size() < ADDRESSES_MAX) {
        ApiResource.add(family, address.getHostAddress(), port);
      }
    }
    boolean useIpv6 = ipv4.isEmpty() || (!ipv6.isEmpty() && reached(ipv6) > reached(ipv4));
    return (useIpv6 ? ipv6 : ipv4)
        .stream().map(one -> new Candidate(one.toString(), List.of(one), "")).toList();
  }

  /** Asks for a few only: addresses of a family share their route. */
  private long reached(List<Endpoint> endpoints) {
    return endpoints.stream().limit(4).filter(reachable).count();
  }

  @Override
  public void close() {
    // the resolver's own time limit ends a lookup
  }
}
