/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.packet.IpProtocol;
import io.podtap.sensor.log.LineBuffer;
import io.podtap.sensor.log.LogFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who had an address, by a clock that the test turns. */
final class BindingsTest {

  private static final long MIB = 1 << 20;
  private static final long START_NS = TimeUnit.SECONDS.toNanos(1_700_000_000);
  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long MILLI_NS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int ADDRESSES = 50;
  private static final int REUSES = 1_000;
  private static final long RUN_NS = TimeUnit.MINUTES.toNanos(10);

  /**
   * One pod's time at an address, and when the sensor hears of its beginning and end.
   *
   * @param nodeClockNs by how much the clock of its node is ahead
   */
  private record Stay(
      Owner owner,
      Place place,
      long fromNs,
      long untilNs,
      long toldNs,
      long goneNs,
      long nodeClockNs) {

    /** The kubelet's start time has whole seconds and lies before the address, by its clock. */
    long saidNs() {
      long startedNs = (fromNs - 300 * MILLI_NS + nodeClockNs) / SECOND_NS * SECOND_NS;
      return Math.min(startedNs, toldNs);
    }
  }

  private record Event(long timeNs, int stay, boolean isEnd) {}

  private record Packet(long timeNs, int stay, long recordNs) {}

  private static Place ipv4(int last) {
    return Place.of(0, 0xFFFF_0A00_0000L | last);
  }

  private static Owner pod(String name) {
    return new Owner(
        Owner.Kind.POD,
        "shop",
        name,
        "uid-" + name,
        "n1",
        "Deployment",
        "d",
        "sa",
        "",
        "",
        "app=d,tier=back",
        "c=i@sha256:77");
  }

  private static Bindings bindings() {
    return new Bindings(32 * MIB, Bindings.RETENTION_NS, /* isJournaled= */ true);
  }

  private static List<Stay> stays(Random random) {
    return stays(random, 1_500 * MILLI_NS, /* clockNsMax= */ 0);
  }

  private static List<Stay> stays(Random random, long toldNsMax, long clockNsMax) {
    List<Stay> stays = new ArrayList<>();
    int each = REUSES / ADDRESSES;
    long lengthNs = RUN_NS / each;
    for (int address = 0; address < ADDRESSES; address++) {
      long atNs = START_NS + random.nextLong(lengthNs / 4);
      for (int i = 0; i < each; i++) {
        long fromNs = atNs;
        long untilNs = fromNs + lengthNs / 2 + random.nextLong(lengthNs / 2);
        long toldNs = fromNs + 50 * MILLI_NS + random.nextLong(toldNsMax);
        long clockNs = clockNsMax == 0 ? 0 : random.nextLong(2 * clockNsMax) - clockNsMax;
        long goneNs = untilNs + random.nextLong(200 * MILLI_NS);
        Owner owner = pod("p-" + address + '-' + i);
        stays.add(new Stay(owner, ipv4(address), fromNs, untilNs, toldNs, goneNs, clockNs));
        atNs = goneNs + random.nextLong(random.nextInt(4) == 0 ? lengthNs / 4 : 300 * MILLI_NS);
      }
    }
    return stays;
  }

  private static List<Event> events(List<Stay> stays) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < stays.size(); i++) {
      events.add(new Event(stays.get(i).toldNs(), i, false));
      events.add(new Event(Math.max(stays.get(i).goneNs(), stays.get(i).toldNs()), i, true));
    }
    events.sort(Comparator.comparingLong(Event::timeNs));
    return events;
  }

  @Test
  void namesNobodyWronglyWhileAddressesAreReused() {
    long seed = 22;
    Random random = new Random(seed);
    List<Stay> stays = stays(random);
    List<Packet> packets = new ArrayList<>();
    for (int i = 0; i < 60_000; i++) {
      int stay = random.nextInt(stays.size());
      Stay of = stays.get(stay);
      long timeNs = of.fromNs() + random.nextLong(of.untilNs() - of.fromNs());
      long receivedNs = timeNs + random.nextLong(100 * MILLI_NS);
      packets.add(new Packet(receivedNs, stay, receivedNs + random.nextLong(20 * SECOND_NS)));
    }
    packets.sort(Comparator.comparingLong(Packet::recordNs));
    Bindings bindings = bindings();
    Binding[] open = new Binding[stays.size()];
    List<Event> events = events(stays);
    int next = 0;
    int named = 0;
    int wrong = 0;
    for (Packet packet : packets) {
      for (; next < events.size() && events.get(next).timeNs() <= packet.recordNs(); next++) {
        apply(bindings, stays, open, events.get(next));
      }
      bindings.apiKnown(Long.MAX_VALUE, packet.recordNs(), /* isWhole= */ true);
      Stay truth = stays.get(packet.stay());
      Owner found = bindings.at(truth.place().high(), truth.place().low(), packet.timeNs());
      named += found.isKnown() ? 1 : 0;
      wrong += found.isKnown() && !found.equals(truth.owner()) ? 1 : 0;
    }
    System.out.printf(
        "seed %d: %d reuses, %d packets, %d named, %d wrong, %s%n",
        seed, stays.size(), packets.size(), named, wrong, bindings.counts());
    assertThat(wrong).isZero();
    assertThat(named).isGreaterThan(packets.size() / 2);
    assertThat(bindings.counts().rejected()).isZero();
  }

  private static void apply(Bindings bindings, List<Stay> stays, Binding[] open, Event event) {
    Stay stay = stays.get(event.stay());
    if (event.isEnd()) {
      bindings.close(open[event.stay()], event.timeNs(), event.timeNs());
    } else {
      open[event.stay()] =
          bindings.open(stay.place(), Source.API, stay.owner(), stay.saidNs(), event.timeNs());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "tsv"})
  void namesACaptureOfClocksTwoSecondsOffByItsJournal(String format, @TempDir Path folder)
      throws IOException {
    Random random = new Random(23);
    List<Stay> stays = stays(random, 5 * SECOND_NS, /* clockNsMax= */ 2 * SECOND_NS);
    Bindings live = bindings();
    Binding[] open = new Binding[stays.size()];
    for (Event event : events(stays)) {
      apply(live, stays, open, event);
    }
    Path journal = folder.resolve("identity.log");
    Files.write(journal, journal(live, LogFormat.named(format)));
    Bindings read = new Bindings(32 * MIB, Long.MAX_VALUE, /* isJournaled= */ false);
    IdentityFile.read(List.of(journal), read);
    assertThat(read.counts().bindings()).isEqualTo(REUSES);
    int wrong = 0;
    int named = 0;
    int count = 40_000;
    for (int i = 0; i < count; i++) {
      Stay truth = stays.get(random.nextInt(stays.size()));
      long timeNs = truth.fromNs() + random.nextLong(truth.untilNs() - truth.fromNs());
      long saidNs = timeNs + random.nextLong(4 * SECOND_NS) - 2 * SECOND_NS;
      Owner found = read.at(truth.place().high(), truth.place().low(), saidNs);
      named += found.isKnown() ? 1 : 0;
      wrong += found.isKnown() && !found.equals(truth.owner()) ? 1 : 0;
    }
    System.out.printf("journal in %s: %d of %d named, %d wrong%n", format, named, count, wrong);
    assertThat(wrong).isZero();
    assertThat(named).isGreaterThan(count / 2);
  }

  private static byte[] journal(Bindings bindings, LogFormat format) {
    LineBuffer lines = new LineBuffer(1 << 16);
    format.begin(IdentityLog.schema(), START_NS, lines);
    for (Bindings.Change change = bindings.poll(); change != null; change = bindings.poll()) {
      format.write(IdentityLog.schema(), change, lines);
    }
    return Arrays.copyOf(lines.bytes(), lines.length());
  }

  @Test
  void holdsALargeClusterInItsBytes() {
    Bindings bindings = bindings();
    for (int i = 0; i < 20_000; i++) {
      Owner owner =
          new Owner(
              Owner.Kind.POD,
              SharedTexts.of("namespace-" + i % 200),
              "some-deployment-" + i % 4_000 + "-5d8f7c9b6d-" + Integer.toString(i, 36) + "xyz",
              String.format("%08x-1111-2222-3333-%012x", i, i),
              SharedTexts.of("node-" + i % 1_000),
              SharedTexts.of("Deployment"),
              SharedTexts.of("some-deployment-" + i % 4_000),
              SharedTexts.of("default"),
              "",
              "");
      bindings.open(ipv4(i), Source.API, owner, START_NS, START_NS);
      bindings.open(Place.of(0xFD00L << 48, i), Source.API, owner, START_NS, START_NS);
    }
    for (int i = 0; i < 5_000; i++) {
      Owner owner = Owner.service("namespace-" + i % 200, "some-service-" + i, "");
      bindings.open(ipv4(100_000 + i), Source.API, owner, START_NS, START_NS);
      Place port = ipv4(100_000 + i);
      int http = Identities.portOf(IpProtocol.TCP, 80);
      Owner named = Owner.service(owner.namespace(), owner.service(), "http");
      bindings.open(
          new Place(port.high(), port.low(), http), Source.API, named, START_NS, START_NS);
    }
    for (int i = 0; i < 1_000; i++) {
      bindings.open(ipv4(200_000 + i), Source.API, Owner.node("node-" + i), START_NS, START_NS);
    }
    Bindings.Counts counts = bindings.counts();
    System.out.printf(
        "20,000 pods of two addresses, 5,000 services, 1,000 nodes: %d bindings, %,d bytes%n",
        counts.bindings(), counts.bytes());
    assertThat(counts.rejected()).isZero();
    assertThat(counts.bytes()).isLessThan(32 * MIB);
    assertThat(bindings.at(ipv4(7).high(), ipv4(7).low(), START_NS + SECOND_NS).node())
        .isEqualTo("node-7");
  }

  @Test
  void countsWhatDoesNotFitAndForgetsWhatHasEndedFirst() {
    Bindings bindings = new Bindings(3_000, Bindings.RETENTION_NS, /* isJournaled= */ false);
    Binding first =
        Objects.requireNonNull(
            bindings.open(ipv4(0), Source.API, pod("first"), START_NS, START_NS));
    bindings.close(first, START_NS + SECOND_NS, START_NS + SECOND_NS);
    for (int i = 1; i < 100; i++) {
      bindings.open(ipv4(i), Source.API, pod("p" + i), START_NS, START_NS);
    }
    assertThat(bindings.counts().bytes()).isLessThanOrEqualTo(3_000);
    assertThat(bindings.counts().rejected()).isPositive();
    assertThat(bindings.at(0, ipv4(0).low(), START_NS)).isEqualTo(Owner.UNKNOWN);
    assertThat(bindings.at(0, ipv4(1).low(), START_NS).pod()).isEqualTo("p1");
  }

  @Test
  void namesWhatANodesPortLeadsTo() {
    Bindings bindings = bindings();
    Place node = ipv4(1);
    bindings.open(node, Source.API, Owner.node("n1"), START_NS, START_NS);
    int bound = Identities.portOf(IpProtocol.TCP, 9_100);
    int nodePort = Identities.portOf(IpProtocol.UDP, 30_053);
    bindings.open(
        new Place(node.high(), node.low(), bound), Source.API, pod("exporter"), START_NS, START_NS);
    Owner dns = Owner.service("kube-system", "dns", "udp");
    bindings.open(new Place(0, 0, nodePort), Source.API, dns, START_NS, START_NS);
    long timeNs = START_NS + SECOND_NS;
    assertThat(bindings.at(node.high(), node.low(), bound, timeNs).pod()).isEqualTo("exporter");
    Owner found = bindings.at(node.high(), node.low(), nodePort, timeNs);
    assertThat(found.service()).isEqualTo("dns");
    assertThat(found.node()).isEqualTo("n1");
    assertThat(bindings.at(node.high(), node.low(), timeNs).kind()).isEqualTo(Owner.Kind.NODE);
    int other = Identities.portOf(IpProtocol.TCP, 30_053);
    assertThat(bindings.at(node.high(), node.low(), other, timeNs).kind())
        .isEqualTo(Owner.Kind.NODE);
  }

  @Test
  void saysWorldOnlyOfWhatCannotBeAPod() {
    Bindings bindings = bindings();
    Place outside = Place.of(0, 0xFFFF_0808_0808L);
    assertThat(bindings.at(outside.high(), outside.low(), START_NS)).isEqualTo(Owner.UNKNOWN);
    bindings.apiKnown(Long.MAX_VALUE, START_NS, /* isWhole= */ true);
    assertThat(bindings.at(outside.high(), outside.low(), START_NS)).isEqualTo(Owner.WORLD);
    assertThat(bindings.at(0, ipv4(9).low(), START_NS)).isEqualTo(Owner.UNKNOWN);
    bindings.open(Place.of(0, 0xFFFF_0808_0404L), Source.API, pod("public"), START_NS, START_NS);
    assertThat(bindings.at(outside.high(), outside.low(), START_NS)).isEqualTo(Owner.UNKNOWN);
    bindings.apiKnown(Long.MAX_VALUE, START_NS + 11 * SECOND_NS, /* isWhole= */ true);
    assertThat(bindings.at(outside.high(), outside.low(), START_NS)).isEqualTo(Owner.WORLD);
  }

  @Test
  void namesTheServiceBehindWhichAPodIs() {
    Bindings bindings = bindings();
    int http = Identities.portOf(IpProtocol.TCP, 8_080);
    int admin = Identities.portOf(IpProtocol.TCP, 9_000);
    Place address = ipv4(1);
    Place first = new Place(address.high(), address.low(), http);
    Place second = new Place(address.high(), address.low(), admin);
    Owner before = pod("before");
    Binding stay =
        Objects.requireNonNull(bindings.open(address, Source.API, before, START_NS, START_NS));
    bindings.open(
        first,
        Source.API,
        Owner.endpoint("shop", "cart", "http", before.uid()),
        START_NS,
        START_NS);
    for (String service : List.of("admin", "metrics")) {
      Owner endpoint = Owner.endpoint("shop", service, "", before.uid());
      bindings.open(second, Source.API, endpoint, START_NS, START_NS);
    }
    long timeNs = START_NS + 20 * SECOND_NS;
    assertThat(bindings.at(0, address.low(), http, timeNs))
        .isEqualTo(before.serving(Owner.service("shop", "cart", "http")));
    assertThat(bindings.at(0, address.low(), admin, timeNs))
        .as("of two services")
        .isEqualTo(before);
    assertThat(bindings.at(0, address.low(), timeNs)).isEqualTo(before);
    long goneNs = START_NS + 60 * SECOND_NS;
    bindings.close(stay, goneNs, goneNs);
    Owner after = pod("after");
    bindings.open(address, Source.API, after, goneNs, goneNs);
    assertThat(bindings.at(0, address.low(), http, goneNs + 20 * SECOND_NS))
        .as("the slice still has the pod before")
        .isEqualTo(after);
    assertThat(bindings.at(0, address.low(), http, goneNs)).isEqualTo(Owner.UNKNOWN);
  }

  /** Whoever may make a pod may write its annotations. */
  @Test
  void anAnnotationTakesNobodysNameAway() {
    Bindings bindings = bindings();
    Owner service = Owner.service("shop", "pay", "");
    bindings.open(ipv4(1), Source.API, pod("true"), START_NS, START_NS);
    bindings.open(ipv4(2), Source.API, Owner.node("n1"), START_NS, START_NS);
    bindings.open(ipv4(3), Source.API, service, START_NS, START_NS);
    bindings.open(ipv4(4), Source.REPORT, pod("told"), START_NS, START_NS);
    for (int i = 1; i <= 6; i++) {
      bindings.open(ipv4(i), Source.ANNOTATION, pod("claimed"), START_NS, START_NS);
    }
    bindings.open(ipv4(6), Source.ANNOTATION, pod("other"), START_NS, START_NS);
    long timeNs = START_NS + 20 * SECOND_NS;
    assertThat(bindings.at(0, ipv4(1).low(), timeNs).pod()).isEqualTo("true");
    assertThat(bindings.at(0, ipv4(2).low(), timeNs).node()).isEqualTo("n1");
    assertThat(bindings.at(0, ipv4(3).low(), timeNs)).isEqualTo(service);
    assertThat(bindings.at(0, ipv4(4).low(), timeNs).pod()).isEqualTo("told");
    assertThat(bindings.at(0, ipv4(5).low(), timeNs).pod()).isEqualTo("claimed");
    assertThat(bindings.at(0, ipv4(6).low(), timeNs)).isEqualTo(Owner.UNKNOWN);
    assertThat(bindings.at(0, ipv4(1).low(), START_NS + SECOND_NS)).isEqualTo(Owner.UNKNOWN);
  }

  @Test
  void trustsTheApiMoreThanAReportThatDiffers() {
    Bindings bindings = bindings();
    bindings.open(ipv4(1), Source.API, pod("true"), START_NS, START_NS);
    bindings.open(ipv4(1), Source.REPORT, pod("claimed"), START_NS, START_NS);
    long timeNs = START_NS + 20 * SECOND_NS;
    assertThat(bindings.at(0, ipv4(1).low(), timeNs).pod()).isEqualTo("true");
    assertThat(bindings.at(0, ipv4(1).low(), START_NS + SECOND_NS)).isEqualTo(Owner.UNKNOWN);
  }

  @Test
  void namesANodeByWhatItsRangeImpliesOnlyWhereNoPodHasEverBeen() {
    Bindings bindings = bindings();
    Owner node = Owner.node("n1");
    bindings.open(ipv4(1), Source.ANNOTATION, node, START_NS, START_NS);
    bindings.open(ipv4(2), Source.ANNOTATION, node, START_NS, START_NS);
    Binding pod = bindings.open(ipv4(2), Source.API, pod("first"), START_NS, START_NS);
    long timeNs = START_NS + 60 * SECOND_NS;
    assertThat(bindings.at(0, ipv4(1).low(), timeNs)).isEqualTo(node);
    assertThat(bindings.at(0, ipv4(2).low(), timeNs).pod()).isEqualTo("first");
    bindings.close(Objects.requireNonNull(pod), timeNs, timeNs);
    assertThat(bindings.at(0, ipv4(2).low(), timeNs + 60 * SECOND_NS)).isEqualTo(Owner.UNKNOWN);
  }
}
