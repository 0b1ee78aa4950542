/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.core.agent;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Runs something at each SIGHUP, which otherwise ends the program; one that was started with the
 * signal ignored, as by nohup(1), goes on ignoring it. The JDK's class for signals, of module
 * {@code jdk.unsupported}, is used by reflection, since javac warns of any other use.
 */
public final class ReloadSignal {

  private ReloadSignal() {}

  /**
   * Takes the signal from now on, until the program ends.
   *
   * @param reload called on a thread of the virtual machine; must be short
   * @return false when the signal cannot be taken: then it still ends the program
   */
  public static boolean install(Runnable reload) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler onCall =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  reload.run();
                  yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> false;
                default -> "reload";
              };
      Object made =
          Proxy.newProxyInstance(handler.getClassLoader(), new Class<?>[] {handler}, onCall);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), made);
      return true;
    } catch (ReflectiveOperationException | IllegalArgumentException e) {
      return false;
    }
  }
}
