/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.agent.Backoff;
import io.podtap.core.agent.Threads;
import io.podtap.core.config.Endpoint;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.linux.LinuxException;
import io.podtap.core.linux.UdpSocket;
import java.net.Inet6Address;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks for sensors on a thread of its own, from {@link #start} until {@link #close}.
 *
 * <p>{@link #poll} and {@link #status} never wait and are for any thread.
 */
public final class Discovery implements AutoCloseable {

  /**
   * Who looks, and what sensors usually are.
   *
   * @param account how the API is reached
   * @param node the tap's own, empty when unknown
   * @param tapId lets taps wait and choose differently
   * @param usualPort where sensors listen unless the target says otherwise
   * @param usualPortName which of several ports of a service is meant
   * @param usualProtocol {@code UDP} or {@code TCP}: which ports of a service may be meant
   */
  public record Settings(
      ServiceAccount account,
      String node,
      int tapId,
      int usualPort,
      String usualPortName,
      String usualProtocol) {

    /** Settings of sensors that datagrams are sent to. */
    public Settings(
        ServiceAccount account, String node, int tapId, int usualPort, String usualPortName) {
      this(account, node, tapId, usualPort, usualPortName, "UDP");
    }
  }

  private final Findings findings;
  private final Follower follower;
  private final CountDownLatch closing = new CountDownLatch(1);

  private Discovery(Findings findings, Follower follower) {
    this.findings = findings;
    this.follower = follower;
  }

  /**
   * Begins to look.
   *
   * @param log takes one line when the sensors have changed or something is wrong
   */
  public static Discovery start(SensorTarget target, Settings settings, Consumer<String> log) {
    return start(target, settings, NameFollower.system(), Discovery::isReachable, log);
  }

  static Discovery start(
      SensorTarget target,
      Settings settings,
      NameFollower.Resolver resolver,
      Predicate<Endpoint> reachable,
      Consumer<String> log) {
    Findings findings =
        new Findings(target, new SensorChoice(settings.node(), settings.tapId(), reachable), log);
    Backoff backoff = new Backoff(settings.tapId() ^ System.nanoTime());
    int port = target.port() != 0 ? target.port() : settings.usualPort();
    // by instanceof: a switch over types is a class that the virtual machine spins at each start
    Follower follower;
    if (target instanceof SensorTarget.Name name) {
      follower = new NameFollower(name, port, resolver, reachable, findings, backoff);
    } else if (target instanceof SensorTarget.Pods pods) {
      follower =
          new ApiFollower(
              settings.account(),
              new PodResource(pods.selector(), port),
              pods.namespace(),
              findings,
              backoff);
    } else {
      SensorTarget.Service service = (SensorTarget.Service) target;
      follower =
          new ApiFollower(
              settings.account(),
              new EndpointSliceResource(
                  service, settings.usualPortName(), port, settings.usualProtocol()),
              service.namespace(),
              findings,
              backoff);
    }
    Discovery discovery = new Discovery(findings, follower);
    Threads.startRestartable("discover", discovery::run);
    return discovery;
  }

  private void run() {
    try {
      while (!closing.await(follower.step(), TimeUnit.MILLISECONDS)) {
        // each turn asks once
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns whether this host has a route to an address: the kernel looks, nothing is sent. */
  public static boolean isReachable(Endpoint endpoint) {
    try (UdpSocket socket = UdpSocket.open(endpoint.address() instanceof Inet6Address)) {
      socket.connect(endpoint);
      return true;
    } catch (LinuxException e) {
      return false;
    }
  }

  /** Returns the sensors when they have changed since the last call, else null. */
  public @Nullable SensorSet poll() {
    return findings.poll();
  }

  /** Returns how things stand. */
  public DiscoveryStatus status() {
    return findings.status();
  }

  /** Ends the search; the thread ends with it, a lookup of a name at its own time limit. */
  @Override
  public void close() {
    findings.close();
    closing.countDown();
    follower.close();
  }
}
