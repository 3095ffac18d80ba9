(* Powers with real exponents, factorials of reals, and the rules of the logarithm.
   Rocq's functions are total (ln (-3) = 0, 5 / 0 = 0): every rule states what it needs, and every certificate
   states and proves apart that its logarithms, quotients and powers are defined. *)
From Coq Require Import Reals Lra Lia Arith.
From Lossproof Require Import Sums.
Open Scope R_scope.

(* x^a for x > 0; and 0^0 = 1, 0^a = 0: the convention of likelihoods on the closed simplex. *)
Definition rpow (x a : R) : R :=
  if Rlt_dec 0 x then exp (a * ln x) else if Req_EM_T a 0 then 1 else 0.
(* Where a power means what it says. *)
Definition rpow_defined (x a : R) : Prop := 0 < x \/ (x = 0 /\ 0 <= a).
(* x! and n over k, of the reals that are natural numbers. *)
Definition rfact (x : R) : R := INR (fact (Z.to_nat (Int_part x))).
Definition rbinom (n k : R) : R := rfact n / (rfact k * rfact (n - k)).

Lemma rfact_INR n : rfact (INR n) = INR (fact n).
Proof.
  unfold rfact. replace (Int_part (INR n)) with (Z.of_nat n); [now rewrite Nat2Z.id|].
  rewrite INR_IZR_INZ. unfold Int_part.
  rewrite <- (tech_up (IZR (Z.of_nat n)) (Z.of_nat n + 1)); [lia| |]; rewrite plus_IZR; lra.
Qed.
Lemma rfact_pos x : 0 < rfact x.
Proof. apply lt_0_INR, lt_O_fact. Qed.
Lemma rbinom_pos n k : 0 < rbinom n k.
Proof. apply Rdiv_lt_0_compat; [|apply Rmult_lt_0_compat]; apply rfact_pos. Qed.

(* ------------------------------------------------------------------------------------- powers *)
Lemma rpow_def x a : 0 < x -> rpow x a = exp (a * ln x).
Proof. intros H; unfold rpow; destruct (Rlt_dec 0 x); tauto. Qed.
Lemma rpow_zero a : a <> 0 -> rpow 0 a = 0.
Proof. intros H; unfold rpow; destruct (Rlt_dec 0 0); [lra|]; destruct (Req_EM_T a 0); tauto. Qed.
Lemma rpow_0 x : rpow x 0 = 1.
Proof.
  unfold rpow; destruct (Rlt_dec 0 x); [rewrite Rmult_0_l; apply exp_0|].
  destruct (Req_EM_T 0 0); tauto.
Qed.
Lemma rpow_1 x : 0 <= x -> rpow x 1 = x.
Proof.
  intros [H| <-]; [|apply rpow_zero; lra]. rewrite rpow_def, Rmult_1_l, exp_ln; auto.
Qed.
Lemma rpow_pos x a : 0 < x -> 0 < rpow x a.
Proof. intros H; rewrite rpow_def by auto; apply exp_pos. Qed.
Lemma rpow_nonneg x a : 0 <= rpow x a.
Proof.
  unfold rpow; destruct (Rlt_dec 0 x); [left; apply exp_pos|]. destruct (Req_EM_T a 0); lra.
Qed.
Lemma pow_add x a b : 0 <= x -> 0 <= a -> 0 <= b -> rpow x (a + b) = rpow x a * rpow x b.
Proof.
  intros [H| <-] Ha Hb.
  - rewrite !rpow_def, <- exp_plus by auto; f_equal; ring.
  - destruct (Req_dec a 0) as [->|]; [rewrite rpow_0, Rplus_0_l; ring|].
    rewrite !(rpow_zero a), !rpow_zero by lra; ring.
Qed.
Lemma pow_add_pos x a b : 0 < x -> rpow x (a + b) = rpow x a * rpow x b.
Proof. intros H; rewrite !rpow_def, <- exp_plus by auto; f_equal; ring. Qed.
Lemma pow_opp x a : 0 < x -> rpow x (- a) = / rpow x a.
Proof. intros H; rewrite !rpow_def, <- exp_Ropp by auto; f_equal; ring. Qed.
Lemma pow_mult x y a : 0 <= x -> 0 <= y -> rpow (x * y) a = rpow x a * rpow y a.
Proof.
  intros [Hx| <-] [Hy| <-].
  - rewrite !rpow_def, ln_mult, <- exp_plus; auto using Rmult_lt_0_compat; f_equal; ring.
  - rewrite Rmult_0_r. destruct (Req_dec a 0) as [->|]; [rewrite !rpow_0|rewrite !(rpow_zero a) by auto]; ring.
  - rewrite Rmult_0_l. destruct (Req_dec a 0) as [->|]; [rewrite !rpow_0|rewrite !(rpow_zero a) by auto]; ring.
  - rewrite Rmult_0_r. destruct (Req_dec a 0) as [->|]; [rewrite !rpow_0|rewrite !(rpow_zero a) by auto]; ring.
Qed.
Lemma pow_exp u a : rpow (exp u) a = exp (a * u).
Proof. rewrite rpow_def by apply exp_pos. now rewrite ln_exp. Qed.
Lemma pow_natural x n : 0 <= x -> rpow x (INR n) = x ^ n.
Proof.
  intros Hx; induction n; [apply rpow_0|]. rewrite S_INR, pow_add, IHn, rpow_1; auto using pos_INR; [simpl; ring|lra].
Qed.

(* ---------------------------------------------------------------------- products of powers *)
Lemma prod_const K c : 0 <= c -> prod K (fun _ => c) = rpow c (INR K).
Proof. intros H; rewrite pow_natural by auto. induction K; simpl; [|rewrite IHK]; ring. Qed.
Lemma prod_pow K x f : 0 <= x -> (forall k, (1 <= k <= K)%nat -> 0 <= f k) ->
  prod K (fun k => rpow x (f k)) = rpow x (sum K f).
Proof.
  induction K; simpl; intros Hx H; [now rewrite rpow_0|].
  rewrite IHK, <- pow_add; auto; try (intros; apply H; lia). apply sum_nonneg; intros; apply H; lia.
Qed.
Lemma prod_pow_pos K x f : 0 < x -> prod K (fun k => rpow x (f k)) = rpow x (sum K f).
Proof. induction K; simpl; intros Hx; [now rewrite rpow_0|]. rewrite IHK, <- pow_add_pos; auto. Qed.
Lemma prod_exp K f : prod K (fun k => exp (f k)) = exp (sum K f).
Proof. induction K; simpl; [now rewrite exp_0|]. now rewrite IHK, <- exp_plus. Qed.
Lemma prod_common_exponent K f a : (forall k, (1 <= k <= K)%nat -> 0 <= f k) ->
  prod K (fun k => rpow (f k) a) = rpow (prod K f) a.
Proof.
  induction K; simpl; intros H; [rewrite rpow_def, ln_1, Rmult_0_r, exp_0; lra|].
  rewrite IHK, <- pow_mult; auto; try (intros; apply H; lia). apply prod_nonneg; intros; apply H; lia.
Qed.

(* --------------------------------------------------------------------------------- logarithms *)
Lemma ln_prod K f : (forall k, (1 <= k <= K)%nat -> 0 < f k) -> ln (prod K f) = sum K (fun k => ln (f k)).
Proof.
  induction K; simpl; intros H; [apply ln_1|].
  rewrite ln_mult, IHK; auto; try (intros; apply H; lia). apply prod_pos; intros; apply H; lia.
Qed.
Lemma ln_times x y : 0 < x -> 0 < y -> ln (x * y) = ln x + ln y.
Proof. intros; apply ln_mult; auto. Qed.
Lemma ln_inverse x : 0 < x -> ln (/ x) = - ln x.
Proof. intros; apply ln_Rinv; auto. Qed.
Lemma ln_div x y : 0 < x -> 0 < y -> ln (x / y) = ln x - ln y.
Proof. intros; unfold Rdiv; rewrite ln_mult, ln_Rinv; auto using Rinv_0_lt_compat; lra. Qed.
Lemma ln_pow x a : 0 < x -> ln (rpow x a) = a * ln x.
Proof. intros; rewrite rpow_def by auto; apply ln_exp. Qed.
Lemma ln_power x n : 0 < x -> ln (x ^ n) = INR n * ln x.
Proof. intros; rewrite <- pow_natural, ln_pow by lra; auto. Qed.
Lemma ln_root x : 0 < x -> ln (sqrt x) = ln x / 2.
Proof.
  intros H. assert (0 < sqrt x) by (apply sqrt_lt_R0; auto).
  rewrite <- (sqrt_sqrt x) at 2 by lra. rewrite ln_mult by auto. lra.
Qed.
Lemma ln_exp u : ln (exp u) = u.
Proof. apply Rpower.ln_exp. Qed.
(* Two positive numbers with the same logarithm are equal. *)
Lemma equal_logs x y : 0 < x -> 0 < y -> ln x = ln y -> x = y.
Proof. apply ln_inv. Qed.

(* ---------------------------------------------------------------------------------- fractions *)
Lemma complement a b : b <> 0 -> 1 - a / b = (b - a) / b.
Proof. intros; field; auto. Qed.
Lemma common_denominator a b c d : b <> 0 -> d <> 0 -> a / b + c / d = (a * d + c * b) / (b * d).
Proof. intros; field; auto. Qed.
Lemma exp_minus u : exp (- u) = / exp u.
Proof. apply exp_Ropp. Qed.
Lemma root_square x : 0 <= x -> sqrt x ^ 2 = x.
Proof. intros; simpl; rewrite Rmult_1_r; apply sqrt_sqrt; auto. Qed.

(* -------------------------------------------------------------------- equations that say the same *)
Lemma same_solutions a b c d m : m <> 0 -> a - b = m * (c - d) -> (a = b <-> c = d).
Proof.
  intros Hm E; split; intros H; [|subst d; lra].
  apply Rminus_diag_uniq, (Rmult_eq_reg_l m); auto. rewrite <- E, H; ring.
Qed.
