/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import io.podtap.core.testing.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A way to mirror the pod's traffic to the sensor, or none. */
sealed interface Tap {

  /** Returns its name in the tables. */
  String name();

  /** Returns whether the sensor gets anything of it. */
  boolean isMirroring();

  /** Starts it in the pod. */
  Running start(Testbed testbed) throws IOException;

  /** A tap at work. */
  interface Running {

    /** Returns its process; none when the kernel does the work. */
    Optional<ProcessHandle> process();

    /** Returns what it has lost so far; none when it does not say before its end. */
    Optional<Losses> losses();

    /** Ends it. */
    Losses stop() throws IOException;
  }

  /**
   * What a tap says it lost since its start.
   *
   * @param unseen packets that came while its ring was full
   * @param unsent packets that it saw and could not send
   */
  record Losses(long unseen, long unsent) {
    static final Losses NONE = new Losses(0, 0);

    long all() {
      return unseen + unsent;
    }
  }

  /** Nothing: the load alone. */
  record None() implements Tap {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public boolean isMirroring() {
      return false;
    }

    @Override
    public Running start(Testbed testbed) {
      return new Running() {
        @Override
        public Optional<ProcessHandle> process() {
          return Optional.empty();
        }

        @Override
        public Optional<Losses> losses() {
          return Optional.of(Losses.NONE);
        }

        @Override
        public Losses stop() {
          return Losses.NONE;
        }
      };
    }
  }

  /**
   * The kernel's own mirror: {@code tc mirred} on both directions into a vxlan device. Its work is
   * done in the softirqs of whoever sends and receives.
   */
  record KernelMirror() implements Tap {

    private static final String DEVICE = "vxlan42";

    @Override
    public String name() {
      return "tc mirred + vxlan";
    }

    @Override
    public boolean isMirroring() {
      return true;
    }

    @Override
    public Running start(Testbed testbed) {
      NetworkNamespace pod = testbed.pod();
      shell(
          pod,
          "ip link add "
              + DEVICE
              + " type vxlan id 42 local "
              + Testbed.POD
              + " remote "
              + Testbed.SENSOR
              + " dstport 4789 dev eth0 && ip link set "
              + DEVICE
              + " up && tc qdisc add dev eth0 clsact");
      // A match without an action ends the search.
      // Its own tunnel goes out by eth0 too and must pass unmirrored: also as a fragment, by
      // address.
      shell(
          pod,
          "tc filter add dev eth0 egress prio 1 protocol ip u32 match ip protocol 17 0xff match ip dst "
              + Testbed.SENSOR
              + "/32 flowid 1:1");
      for (String direction : new String[] {"egress", "ingress"}) {
        shell(
            pod,
            "tc filter add dev eth0 "
                + direction
                + " prio 2 protocol all u32 match u32 0 0 action mirred egress mirror dev "
                + DEVICE);
      }
      return new Running() {
        @Override
        public Optional<ProcessHandle> process() {
          return Optional.empty();
        }

        @Override
        public Optional<Losses> losses() {
          return Optional.of(read());
        }

        @Override
        public Losses stop() {
          Losses losses = read();
          shell(pod, "tc qdisc del dev eth0 clsact && ip link del " + DEVICE);
          return losses;
        }

        private Losses read() {
          String text = pod.run("cat", "/proc/net/dev");
          Matcher device = Pattern.compile(DEVICE + ": *(.*)").matcher(text);
          if (!device.find()) {
            return Losses.NONE;
          }
          String[] fields = device.group(1).split(" +", -1);
          return new Losses(0, Long.parseLong(fields[10]) + Long.parseLong(fields[11]));
        }
      };
    }

    private static void shell(NetworkNamespace pod, String command) {
      pod.run("sh", "-c", command);
    }
  }

  /**
   * A program.
   *
   * @param command for a shell; {@code {if}}, {@code {sensor}}, {@code {ledger}}, {@code {metrics}}
   *     and {@code {pki}} stand for the interface, the sensor's address, a file that it may write
   *     its ledger to, a port that it may answer on with Podtap's metrics and the folder of
   *     certificates
   * @param prefix what the shell does before, or nothing
   */
  record Program(String name, String command, boolean isMirroring, String prefix) implements Tap {

    private static final long STOP_SECONDS_MAX = 10;
    private static final Pattern UNSEEN =
        Pattern.compile(
            "\"dropped\":(?<a>\\d+)|\\bdrops (?<b>\\d+)|(?<c>\\d+) packets dropped by kernel");
    private static final Pattern UNSENT =
        Pattern.compile("\\b(?:too_long|toobig|refused|errs) (?<a>\\d+)");
    private static final String METRICS_PORT = "9095";
    private static final Pattern UNSEEN_SO_FAR =
        Pattern.compile("podtap_tap_frames_total\\{[^}]*\"dropped\"[^}]*\\} (\\d+)");
    private static final Pattern UNSENT_SO_FAR =
        Pattern.compile("podtap_tap_failed_packets_total\\{[^}]*\\} (\\d+)");
    private static final Pattern FAILED = Pattern.compile("\"failed\":\\{([^}]*)\\}");

    @Override
    public Running start(Testbed testbed) throws IOException {
      Path ledger = testbed.file("ledger.json");
      Path output = testbed.file("output.txt");
      Files.deleteIfExists(ledger);
      String line =
          command
              .replace("{if}", "eth0")
              .replace("{sensor}", Testbed.SENSOR)
              .replace("{ledger}", ledger.toString())
              .replace("{metrics}", METRICS_PORT)
              .replace("{pki}", testbed.pki().toString());
      Process process =
          testbed.startInPod(prefix, "exec " + line + " >" + output + " 2>&1 </dev/null");
      return new Running() {
        @Override
        public Optional<ProcessHandle> process() {
          return Optional.of(process.toHandle());
        }

        @Override
        public Optional<Losses> losses() {
          if (!command.contains("{metrics}")) {
            return Optional.empty();
          }
          String request =
              "printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' | socat -t 10 - TCP:127.0.0.1:";
          String metrics = testbed.pod().run("sh", "-c", request + METRICS_PORT);
          return Optional.of(new Losses(sum(UNSEEN_SO_FAR, metrics), sum(UNSENT_SO_FAR, metrics)));
        }

        @Override
        public Losses stop() throws IOException {
          boolean isEarly = !process.isAlive();
          process.destroy();
          try {
            if (!process.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
              process.destroyForcibly().waitFor();
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
          }
          String text =
              Files.exists(output) ? Files.readString(output, StandardCharsets.UTF_8) : "";
          if (isEarly) {
            throw new IOException(name + " ended by itself: " + text.strip());
          }
          if (Files.exists(ledger)) {
            text += Files.readString(ledger, StandardCharsets.UTF_8);
          }
          return atEnd(text);
        }
      };
    }

    /** Finds the counts in what a tap wrote. */
    static Losses atEnd(String text) {
      long unseen = 0;
      Matcher matcher = UNSEEN.matcher(text);
      while (matcher.find()) {
        for (int group = 1; group <= matcher.groupCount(); group++) {
          unseen += matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
        }
      }
      long unsent = sum(UNSENT, text);
      matcher = FAILED.matcher(text);
      while (matcher.find()) {
        unsent += sum(Pattern.compile(":(\\d+)"), matcher.group(1));
      }
      return new Losses(unseen, unsent);
    }

    /** Adds the numbers that the first group finds. */
    private static long sum(Pattern number, String text) {
      return number
          .matcher(text)
          .results()
          .mapToLong(found -> Long.parseLong(found.group(1)))
          .sum();
    }
  }
}
