;; Skips what stands in a JSON container, of which it is given one window after the other.
;;
;; Memory: 0 closers of the open brackets, a byte each; 512 beginnings of strings to take note of, four bytes each;
;; 536 how many brackets are open, 540 whether a string is, 544 end of the list of noted strings; 1024 that list;
;; 24576 the window, with nothing before it.
(module
  (memory (export "memory") 1 1)
  ;; Gives where it has come to: behind the container when no bracket is open any more, else where the next window is to
  ;; begin, which is the end of this one or the byte before; -1 when something is wrong.
  (func (export "scan") (param $at i32) (param $end i32) (result i32)
    (local $depth i32)
    (local $inString i32)
    (local $noted i32)
    (local $byte i32)
    (local $brace i32)
    (local $found i32)
    (local $before i32)
    (local.set $depth (i32.load offset=536 (i32.const 0)))
    (local.set $inString (i32.load offset=540 (i32.const 0)))
    (local.set $noted (i32.const 1024))
    (block $stop
      (loop $next
        (if (local.get $inString)
          (then
            ;; To the next quote. Most strings end within sixteen bytes, and most bytes stand in strings of hundreds.
            (local.set $found (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (i32.const 0x22)))))
            (if (i32.eqz (local.get $found))
              (then
                (local.set $at (i32.add (local.get $at) (i32.const 16)))
                (loop $long
                  (if
                    (i32.and
                      (i32.lt_u (local.get $at) (local.get $end))
                      (i32.eqz
                        (v128.any_true
                          (v128.or
                            (v128.or
                              (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (i32.const 0x22)))
                              (i8x16.eq (v128.load offset=16 (local.get $at)) (i8x16.splat (i32.const 0x22))))
                            (v128.or
                              (i8x16.eq (v128.load offset=32 (local.get $at)) (i8x16.splat (i32.const 0x22)))
                              (i8x16.eq (v128.load offset=48 (local.get $at)) (i8x16.splat (i32.const 0x22))))))))
                    (then
                      (local.set $at (i32.add (local.get $at) (i32.const 64)))
                      (br $long))))
                (br_if $next (i32.lt_u (local.get $at) (local.get $end)))))
            (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $found))))
            (if (i32.ge_u (local.get $at) (local.get $end))
              (then
                ;; The next window begins behind an even number of backslashes.
                (local.set $at (local.get $end))
                (local.set $before (i32.const 1))
                (loop $slashes
                  (if (i32.eq (i32.load8_u (i32.sub (local.get $at) (local.get $before))) (i32.const 0x5c))
                    (then
                      (local.set $before (i32.add (local.get $before) (i32.const 1)))
                      (br $slashes))))
                (local.set $at (i32.sub (local.get $at) (i32.and (i32.sub (local.get $before) (i32.const 1)) (i32.const 1))))
                (br $stop)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            ;; Behind an odd number of backslashes it is part of the string.
            (if (i32.eq (i32.load8_u (i32.sub (local.get $at) (i32.const 2))) (i32.const 0x5c))
              (then
                (local.set $before (i32.const 3))
                (loop $slashes
                  (if (i32.eq (i32.load8_u (i32.sub (local.get $at) (local.get $before))) (i32.const 0x5c))
                    (then
                      (local.set $before (i32.add (local.get $before) (i32.const 1)))
                      (br $slashes))))
                (br_if $next (i32.and (local.get $before) (i32.const 1)))))
            (local.set $inString (i32.const 0))))
        (br_if $stop (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (if (i32.eq (local.get $byte) (i32.const 0x22))
          (then
            ;; A string begins. Four more bytes are there than the window has.
            (local.set $found (i32.load (local.get $at)))
            (if
              (i32.or
                (i32.or
                  (i32.or
                    (i32.eq (local.get $found) (i32.load offset=512 (i32.const 0)))
                    (i32.eq (local.get $found) (i32.load offset=516 (i32.const 0))))
                  (i32.or
                    (i32.eq (local.get $found) (i32.load offset=520 (i32.const 0)))
                    (i32.eq (local.get $found) (i32.load offset=524 (i32.const 0)))))
                (i32.or
                  (i32.eq (local.get $found) (i32.load offset=528 (i32.const 0)))
                  (i32.eq (local.get $found) (i32.load offset=532 (i32.const 0)))))
              (then
                (i32.store (local.get $noted) (i32.sub (local.get $at) (i32.const 1)))
                (local.set $noted (i32.add (local.get $noted) (i32.const 4)))))
            (local.set $inString (i32.const 1))
            (br $next)))
        ;; Setting one bit makes a bracket a brace of the same direction, and each closer is its opener plus two.
        (local.set $brace (i32.or (local.get $byte) (i32.const 0x20)))
        (if (i32.eq (local.get $brace) (i32.const 0x7b))
          (then
            (if (i32.eq (local.get $depth) (i32.const 512))
              (then (return (i32.const -1))))
            (i32.store8 (local.get $depth) (i32.add (local.get $byte) (i32.const 2)))
            (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
            (br $next)))
        (br_if $next (i32.ne (local.get $brace) (i32.const 0x7d)))
        (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
        (if (i32.ne (i32.load8_u (local.get $depth)) (local.get $byte))
          (then (return (i32.const -1))))
        (br_if $next (local.get $depth))))
    (i32.store offset=536 (i32.const 0) (local.get $depth))
    (i32.store offset=540 (i32.const 0) (local.get $inString))
    (i32.store offset=544 (i32.const 0) (local.get $noted))
    (local.get $at)))
