(* The tactics by which certificates take a sum, a product, a logarithm or a power apart, term by term.
   The term that is to come out stands in the goal; each leaf is closed by the lemma of a rule. *)
From Coq Require Import Reals Lra Lia.
From Lossproof Require Import Sums Powers Signs.
Open Scope R_scope.

(* ------------------------------------------------------------------------------------- sums *)
Lemma sum_two K f g a b : sum K f = a -> sum K g = b -> sum K (fun k => f k + g k) = a + b.
Proof. intros <- <-; apply sum_plus. Qed.
Lemma sum_delta_term K j c f : (1 <= j <= K)%nat -> sum K (fun k => c * (delta j k * f k)) = c * f j.
Proof. intros H; rewrite sum_scal, sum_delta; auto. Qed.
Lemma sum_delta_term_r K j c f : (1 <= j <= K)%nat -> sum K (fun k => c * (delta k j * f k)) = c * f j.
Proof. intros H; rewrite sum_scal, sum_delta_r; auto. Qed.
Ltac take_sum_apart :=
  first [ reflexivity | simple apply sum_scal | simple apply sum_const
        | etransitivity; [apply sum_delta_term; solve [within_range]|cbv beta; orient; reflexivity]
        | etransitivity; [apply sum_delta_term_r; solve [within_range]|cbv beta; orient; reflexivity]
        | apply sum_two; take_sum_apart ].

(* ---------------------------------------------------------------------------------- products *)
Lemma prod_two K f g a b : prod K f = a -> prod K g = b -> prod K (fun k => f k * g k) = a * b.
Proof. intros <- <-; apply prod_mult. Qed.
Lemma prod_over K f a : prod K f = a -> prod K (fun k => / f k) = / a.
Proof. intros <-; apply prod_inv. Qed.
Ltac take_product_apart :=
  first [ reflexivity
        | simple apply prod_exp
        | apply prod_const; solve [side]
        | apply prod_pow_pos; solve [side]
        | apply prod_pow; [solve [side]|solve [side]]
        | apply prod_over; take_product_apart
        | apply prod_two; take_product_apart ].

(* -------------------------------------------------------------------------------- logarithms *)
Lemma ln_two x y a b : 0 < x -> 0 < y -> ln x = a -> ln y = b -> ln (x * y) = a + b.
Proof. intros Hx Hy <- <-; apply ln_times; auto. Qed.
Lemma ln_over x a : 0 < x -> ln x = a -> ln (/ x) = - a.
Proof. intros Hx <-; apply ln_inverse; auto. Qed.
Lemma ln_literal_power x n c : 0 < x -> c = INR n -> ln (x ^ n) = c * ln x.
Proof. intros Hx ->; apply ln_power; auto. Qed.
Lemma ln_of_prod K f g : (forall k, (1 <= k <= K)%nat -> 0 < f k) ->
  (forall k, (1 <= k <= K)%nat -> ln (f k) = g k) -> ln (prod K f) = sum K g.
Proof. intros H E; rewrite ln_prod by auto; apply sum_ext; auto. Qed.
Ltac take_logarithm_apart :=
  first [ reflexivity
        | simple apply ln_exp
        | apply ln_1
        | apply ln_pow; solve [positive]
        | apply ln_root; solve [positive]
        | apply ln_prod; solve [intros; positive]
        | apply ln_literal_power; [solve [positive]|simpl; ring]
        | apply ln_over; [solve [positive]|take_logarithm_apart]
        | apply ln_two; [solve [positive]|solve [positive]|take_logarithm_apart|take_logarithm_apart] ].

(* ------------------------------------------------------------------------- exponentials, powers *)
Lemma exp_two u v a b : exp u = a -> exp v = b -> exp (u + v) = a * b.
Proof. intros <- <-; apply exp_plus. Qed.
Lemma exp_over u a : exp u = a -> exp (- u) = / a.
Proof. intros <-; apply exp_minus. Qed.
Ltac take_exponential_apart :=
  first [ reflexivity | apply exp_0 | apply exp_ln; solve [positive]
        | apply exp_over; take_exponential_apart | apply exp_two; take_exponential_apart ].
Lemma pow_two x y a p q : 0 <= x -> 0 <= y -> rpow x a = p -> rpow y a = q -> rpow (x * y) a = p * q.
Proof. intros Hx Hy <- <-; apply pow_mult; auto. Qed.
Lemma pow_inverse x a p : 0 < x -> rpow x a = p -> rpow (/ x) a = / p.
Proof.
  intros Hx <-. rewrite !rpow_def by auto using Rinv_0_lt_compat. rewrite <- exp_minus, ln_inverse by auto.
  f_equal; ring.
Qed.
Lemma pow_over x a p : 0 < x -> rpow x a = p -> rpow x (- a) = / p.
Proof. intros Hx <-; apply pow_opp; auto. Qed.
Ltac take_power_apart :=
  first [ reflexivity | apply rpow_0 | apply rpow_1; solve [side]
        | rewrite pow_exp; apply (f_equal exp); ring
        | apply pow_over; [solve [positive]|take_power_apart]
        | apply pow_inverse; [solve [positive]|take_power_apart]
        | apply pow_two; [solve [side]|solve [side]|take_power_apart|take_power_apart] ].

(* ------------------------------------------------------------------------------------- roots *)
Lemma root_is x v : 0 <= v -> v ^ 2 = x -> sqrt x = v.
Proof. intros Hv <-; apply sqrt_pow2; auto. Qed.
(* sqrt x as a letter r, and x as r^2. *)
Ltac square_root x :=
  let r := fresh "root" in let E := fresh "root_def" in let P := fresh "root_positive" in let S := fresh "square" in
  assert (P : 0 < sqrt x) by positive;
  assert (S : x = sqrt x ^ 2) by (symmetry; apply root_square; solve [side]);
  remember (sqrt x) as r eqn:E; rewrite ?S; clear E S.
Ltac squared := repeat match goal with |- context [sqrt ?x] => square_root x end; rational.
