/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.testing;

import io.podtap.core.linux.NetworkNamespaces;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace that a test made and deletes: {@code lo} up, IPv6 without duplicate address
 * detection, nothing else in it.
 *
 * <pre>{@code
 * try (NetworkNamespace client = NetworkNamespace.create("client");
 *     NetworkNamespace server = NetworkNamespace.create("server")) {
 *   client.connect("eth0", server, "eth0");
 *   client.address("eth0", "10.1.0.1/24");
 *   server.address("eth0", "10.1.0.2/24");
 *   client.run("iperf3", "-c", "10.1.0.2");
 *   PacketRing ring = server.call(() -> openRing("eth0"));
 * }
 * }</pre>
 *
 * <p>Names are unique to this process ({@code ptap-PID-N-name}), so tests of several people run
 * beside each other.
 */
public final class NetworkNamespace implements AutoCloseable {

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final long COMMAND_SECONDS_MAX = 60;

  private static volatile String obstacle = "?";

  private final String name;
  private final List<Process> started = new ArrayList<>();

  private NetworkNamespace(String name) {
    this.name = name;
  }

  /** Returns why no namespace can be made here, or an empty text. */
  public static synchronized String obstacle() {
    if (obstacle.equals("?")) {
      String name = uniqueName("probe");
      try {
        execute(List.of("ip", "netns", "add", name));
        execute(List.of("ip", "netns", "del", name));
        obstacle = "";
      } catch (RuntimeException e) {
        obstacle = "needs root and the ip command to make network namespaces: " + e.getMessage();
      }
    }
    return obstacle;
  }

  private static String uniqueName(String label) {
    return "ptap-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-" + label;
  }

  /** Makes a namespace whose name ends with {@code label}. */
  public static NetworkNamespace create(String label) {
    NetworkNamespace namespace = new NetworkNamespace(uniqueName(label));
    execute(List.of("ip", "netns", "add", namespace.name));
    try {
      namespace.run(
          "sysctl",
          "-qw",
          "net.ipv6.conf.all.accept_dad=0",
          "net.ipv6.conf.default.accept_dad=0",
          "net.ipv6.conf.default.router_solicitations=0");
      namespace.run("ip", "link", "set", "lo", "up");
    } catch (RuntimeException e) {
      namespace.close();
      throw e;
    }
    return namespace;
  }

  /** Returns the name that {@code ip netns} knows. */
  public String name() {
    return name;
  }

  /** Joins this namespace's {@code device} with {@code peerDevice} of {@code peer}; both are up. */
  public void connect(String device, NetworkNamespace peer, String peerDevice) {
    run(
        "ip",
        "link",
        "add",
        device,
        "type",
        "veth",
        "peer",
        "name",
        peerDevice,
        "netns",
        peer.name);
    run("ip", "link", "set", device, "up");
    peer.run("ip", "link", "set", peerDevice, "up");
  }

  /** Gives {@code device} an address with its prefix length, {@code 10.1.0.1/24}. */
  public void address(String device, String addressWithPrefix) {
    if (addressWithPrefix.indexOf(':') >= 0) {
      run("ip", "addr", "add", addressWithPrefix, "dev", device, "nodad");
    } else {
      run("ip", "addr", "add", addressWithPrefix, "dev", device);
    }
  }

  /**
   * Runs a command in this namespace and waits for its end.
   *
   * @return what it wrote to its output and error output
   * @throws IllegalStateException when it fails or takes longer than a minute
   */
  public String run(String... command) {
    return execute(inside(command));
  }

  /**
   * Starts a command in this namespace; its output goes to its pipe. It is ended with the
   * namespace.
   */
  public Process start(String... command) {
    try {
      Process process = new ProcessBuilder(inside(command)).redirectErrorStream(true).start();
      synchronized (started) {
        started.add(process);
      }
      return process;
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + String.join(" ", command), e);
    }
  }

  private List<String> inside(String... command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", name));
    all.addAll(List.of(command));
    return all;
  }

  /**
   * Runs Java code in this namespace, on a thread of its own; waits for its end. Sockets that it
   * opens stay in this namespace and may be used by any thread afterwards. Threads that it starts
   * are in this namespace too.
   */
  public <T> T call(Callable<T> code) {
    FutureTask<T> task =
        new FutureTask<>(() -> {
          enter();
          return code.call();
        });
    Thread.ofPlatform().name(name).daemon().start(task);
    try {
      return task.get(COMMAND_SECONDS_MAX, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException exception) {
        throw exception;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new IllegalStateException("code in " + name + " did not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while code ran in " + name, e);
    }
  }

  /** As {@link #call}, without a result. */
  public void execute(Runnable code) {
    var _ =
        call(() -> {
          code.run();
          return Boolean.TRUE;
        });
  }

  /** Starts Java code in this namespace on a thread of its own, without waiting. */
  public Thread thread(String label, Runnable code) {
    return Thread.ofPlatform()
        .name(name + "-" + label)
        .daemon()
        .start(() -> {
          enter();
          code.run();
        });
  }

  /** Moves the calling thread into this namespace for good: only for a thread of the test's own. */
  public void enter() {
    NetworkNamespaces.enter("/run/netns/" + name);
  }

  /** Ends what was started here and deletes the namespace with its devices. */
  @Override
  public void close() {
    synchronized (started) {
      for (Process process : started) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    execute(List.of("ip", "netns", "del", name));
  }

  private static String execute(List<String> command) {
    String line = String.join(" ", command);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(line + ": did not end");
      }
      if (process.exitValue() != 0) {
        throw new IllegalStateException(line + ": exit " + process.exitValue() + " " + output);
      }
      return output;
    } catch (IOException e) {
      throw new IllegalStateException(line + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(line + ": interrupted", e);
    }
  }
}
