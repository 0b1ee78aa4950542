/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.inject.limits.NamespaceLimits;
import io.podtap.injector.inject.limits.PodAmounts;
import io.podtap.injector.inject.limits.Quantity;
import io.podtap.injector.tree.Tree;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fits a tap's resources into the LimitRanges of a namespace: limits come down to what is allowed,
 * requests go up as far as they must.
 */
final class ResourceFit {

  private static final String STORAGE = "ephemeral-storage";

  /** With less, a tap does not get far: it is not made smaller than that. */
  private static final Map<String, BigDecimal> LEAST =
      Map.of(
          "cpu",
          new BigDecimal("0.01"),
          "memory",
          BigDecimal.valueOf(64L << 20),
          STORAGE,
          BigDecimal.valueOf(64L << 20));

  /** What a tap writes is its log, which the kubelet rotates. */
  private static final BigDecimal STORAGE_REQUEST = BigDecimal.valueOf(32L << 20);

  private final NamespaceLimits namespace;
  private final PodAmounts others;
  private final Map<String, @Nullable Object> requests;
  private final Map<String, @Nullable Object> limits;
  private final boolean isGuaranteed;

  private ResourceFit(
      NamespaceLimits namespace,
      PodAmounts others,
      Map<String, @Nullable Object> resources,
      boolean isGuaranteed) {
    this.namespace = namespace;
    this.others = others;
    requests = Tree.child(resources, "requests");
    limits = Tree.child(resources, "limits");
    this.isGuaranteed = isGuaranteed;
  }

  /**
   * Returns resources that fit.
   *
   * @param spec the pod's, without the tap
   * @param wanted requests and limits of cpu and memory
   * @param isGuaranteed whether requests have to equal limits
   */
  static Map<String, @Nullable Object> fit(
      NamespaceLimits namespace,
      @Nullable Object spec,
      Map<String, @Nullable Object> wanted,
      boolean isGuaranteed)
      throws InjectException {
    Map<String, @Nullable Object> resources = Tree.copyMap(wanted);
    ResourceFit fit =
        new ResourceFit(namespace, PodAmounts.of(spec, namespace), resources, isGuaranteed);
    for (String name : List.of("cpu", "memory")) {
      BigDecimal request = Quantity.parse(Tree.text(fit.requests, name)).orElseThrow();
      BigDecimal limit = Quantity.parse(Tree.text(fit.limits, name)).orElseThrow();
      fit.fit(name, request, limit);
    }
    Optional<BigDecimal> storage = fit.defaultStorage();
    if (storage.isPresent()) {
      fit.fit(STORAGE, storage.get().min(STORAGE_REQUEST), storage.get());
    }
    return resources;
  }

  /** Returns the limit that a LimitRange would give a container that has none. */
  private Optional<BigDecimal> defaultStorage() {
    return Optional.ofNullable(
        PodAmounts.Container.of(new LinkedHashMap<>(), namespace).limits().get(STORAGE));
  }

  private void fit(String name, BigDecimal wantedRequest, BigDecimal wantedLimit)
      throws InjectException {
    BigDecimal most = wantedLimit.max(wantedRequest);
    BigDecimal mostRequest = most;
    BigDecimal least = BigDecimal.ZERO;
    @Nullable BigDecimal ratio = null;
    for (NamespaceLimits.Range range : namespace.ranges()) {
      BigDecimal max = range.max().get(name);
      BigDecimal its = range.ratio().get(name);
      if (range.isOfContainers()) {
        least = least.max(range.min().getOrDefault(name, BigDecimal.ZERO));
        most = max == null ? most : most.min(max);
      } else if (range.isOfPods() && max != null) {
        most = most.min(max.subtract(others.limits().getOrDefault(name, BigDecimal.ZERO)));
        mostRequest =
            mostRequest.min(max.subtract(others.requests().getOrDefault(name, BigDecimal.ZERO)));
      }
      boolean isBound = its != null && (range.isOfContainers() || range.isOfPods());
      ratio = !isBound || its == null ? ratio : ratio == null ? its : ratio.min(its);
    }
    if (least.compareTo(wantedLimit) > 0) {
      most = max(name, least); // a tap that is smaller than containers may be grows
      mostRequest = most;
    }
    BigDecimal request = wantedRequest.max(least).min(most).min(mostRequest);
    if (isGuaranteed) {
      request = most.min(mostRequest);
      most = request;
    } else if (ratio != null && ratio.signum() > 0) {
      request = request.max(most.divide(ratio, name.equals("cpu") ? 3 : 0, RoundingMode.CEILING));
      request = request.min(mostRequest);
      most = most.min(request.multiply(ratio));
    }
    request = request.min(most);
    BigDecimal floor = LEAST.getOrDefault(name, BigDecimal.ZERO).min(wantedLimit);
    if (most.compareTo(floor) < 0 || request.compareTo(least) < 0 || request.signum() <= 0) {
      throw new InjectException(
          Reason.LIMIT_RANGE,
          "the namespace's LimitRange leaves a tap "
              + text(name, most.max(BigDecimal.ZERO))
              + " of "
              + name
              + ", it needs "
              + text(name, floor.max(least)));
    }
    put(requests, name, wantedRequest, request, RoundingMode.CEILING);
    put(limits, name, wantedLimit, most, RoundingMode.FLOOR);
  }

  /** Returns the least amount, as long as all LimitRanges allow so much. */
  private BigDecimal max(String name, BigDecimal least) {
    BigDecimal most = least;
    for (NamespaceLimits.Range range : namespace.ranges()) {
      BigDecimal max = range.max().get(name);
      if (max != null && range.isOfContainers()) {
        most = most.min(max);
      } else if (max != null && range.isOfPods()) {
        most = most.min(max.subtract(others.limits().getOrDefault(name, BigDecimal.ZERO)));
      }
    }
    return most;
  }

  /** Writes an amount, as it was written before where it is the same. */
  private static void put(
      Map<String, @Nullable Object> into,
      String name,
      BigDecimal wanted,
      BigDecimal fitted,
      RoundingMode rounding) {
    if (!into.containsKey(name) || wanted.compareTo(fitted) != 0) {
      into.put(name, text(name, fitted.setScale(name.equals("cpu") ? 3 : 0, rounding)));
    }
  }

  private static String text(String name, BigDecimal amount) {
    if (name.equals("cpu")) {
      return amount.movePointRight(3).setScale(0, RoundingMode.FLOOR).toPlainString() + 'm';
    }
    long bytes = amount.setScale(0, RoundingMode.FLOOR).longValue();
    long mebibytes = bytes >> 20;
    return mebibytes << 20 == bytes && bytes > 0 ? mebibytes + "Mi" : Long.toString(bytes);
  }
}
