;; Passes over events of content that stand one behind the other.
;;
;; Memory: 0 how such an event begins, 32 bytes; 32 how many have been passed; 64 the window, with bytes behind it that are
;; none of its own.
(module
  (memory (export "memory") 1 1)
  ;; Gives where it has come to: behind the last of those that begin at $at and are complete before $end.
  (func (export "scan") (param $at i32) (param $end i32) (result i32)
    (local $next i32)
    (local $found i32)
    (local $count i32)
    (block $stop
      (loop $events
        ;; Its beginning and the blank line.
        (br_if $stop (i32.gt_u (i32.add (local.get $at) (i32.const 34)) (local.get $end)))
        (br_if $stop
          (i32.eqz
            (i8x16.all_true
              (v128.and
                (i8x16.eq (v128.load (local.get $at)) (v128.load (i32.const 0)))
                (i8x16.eq (v128.load offset=16 (local.get $at)) (v128.load offset=16 (i32.const 0)))))))
        (local.set $next (i32.add (local.get $at) (i32.const 32)))
        ;; To the next control character below 0x0e, which in JSON and outside of it is nearly always the end of the line.
        (loop $line
          (local.set $found (i8x16.bitmask (i8x16.lt_u (v128.load (local.get $next)) (i8x16.splat (i32.const 0x0e)))))
          (if (i32.eqz (local.get $found))
            (then
              (local.set $next (i32.add (local.get $next) (i32.const 16)))
              (br_if $line (i32.lt_u (local.get $next) (local.get $end)))
              (br $stop))))
        (local.set $next (i32.add (local.get $next) (i32.ctz (local.get $found))))
        (br_if $stop (i32.gt_u (i32.add (local.get $next) (i32.const 2)) (local.get $end)))
        ;; Two line feeds, or somebody else has to look at it.
        (br_if $stop (i32.ne (i32.load16_u (local.get $next)) (i32.const 0x0a0a)))
        (local.set $at (i32.add (local.get $next) (i32.const 2)))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $events)))
    (i32.store offset=32 (i32.const 0) (local.get $count))
    (local.get $at)))
