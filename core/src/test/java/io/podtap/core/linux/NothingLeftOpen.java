/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.linux;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class that leaves descriptors and their memory open, with the stack that opened
 * each. Found by JUnit itself (META-INF/services); threads that close have a few seconds for it.
 */
public final class NothingLeftOpen implements BeforeAllCallback, AfterAllCallback {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(NothingLeftOpen.class);

  /** How long threads that were told to end may take. */
  private static final long CLOSING_NS = 5_000_000_000L;

  @Override
  public void beforeAll(ExtensionContext context) {
    Set<Throwable> before = Collections.newSetFromMap(new IdentityHashMap<>());
    before.addAll(OpenDescriptors.stacks());
    context.getStore(NAMESPACE).put("before", before);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Set<?> before = Objects.requireNonNull(context.getStore(NAMESPACE).get("before", Set.class));
    long deadlineNs = System.nanoTime() + CLOSING_NS;
    while (!left(before).isEmpty() && System.nanoTime() < deadlineNs) {
      LockSupport.parkNanos(10_000_000);
    }
    List<Throwable> left = left(before);
    if (!left.isEmpty()) {
      AssertionError failure =
          new AssertionError(
              context.getDisplayName() + " leaves " + left.size() + " descriptors open");
      left.forEach(failure::addSuppressed);
      throw failure;
    }
  }

  private static List<Throwable> left(Set<?> before) {
    return OpenDescriptors.stacks().stream().filter(stack -> !before.contains(stack)).toList();
  }
}
