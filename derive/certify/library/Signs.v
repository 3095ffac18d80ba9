(* Small tactics that the certificates use for what a step needs: positive, not negative, not zero, within range. *)
From Coq Require Import Reals Lra Lia.
From Lossproof Require Import Sums Powers.
Open Scope R_scope.

Lemma binary_nonneg x : binary x -> 0 <= x.
Proof. intros [->| ->]; lra. Qed.
Lemma binary_upper x : binary x -> x <= 1.
Proof. intros [->| ->]; lra. Qed.
Lemma binary_natural x : binary x -> natural x.
Proof. intros [->| ->]; [exists 0%nat|exists 1%nat]; simpl; lra. Qed.
Lemma natural_nonneg x : natural x -> 0 <= x.
Proof. intros [n ->]; apply pos_INR. Qed.
Lemma natural_plus x y : natural x -> natural y -> natural (x + y).
Proof. intros [m ->] [n ->]; exists (m + n)%nat; now rewrite plus_INR. Qed.
Lemma natural_minus x y : natural x -> natural y -> y <= x -> natural (x - y).
Proof. intros [m ->] [n ->] H. apply INR_le in H. exists (m - n)%nat. now rewrite minus_INR. Qed.
Lemma natural_sum K f : (forall k, (1 <= k <= K)%nat -> natural (f k)) -> natural (sum K f).
Proof.
  induction K; simpl; intros H; [exists 0%nat; auto|].
  apply natural_plus; [apply IHK; intros; apply H|apply H]; lia.
Qed.
Lemma square_nonneg x : 0 <= x ^ 2.
Proof. apply pow2_ge_0. Qed.
Lemma difference x y : x <= y -> 0 <= y - x.
Proof. lra. Qed.
Lemma at_most x y : 0 <= y - x -> x <= y.
Proof. lra. Qed.
Lemma below x y : 0 < y - x -> x < y.
Proof. lra. Qed.

(* What a hypothesis says of entries in range. *)
Ltac by_hypothesis :=
  match goal with
  | H : _ |- _ => solve [apply H; first [lia | lra | assumption]]
  | H : _ |- _ => solve [apply H; lia]
  | H : forall k, _ -> _ < _ |- _ => solve [left; apply H; lia]
  | H : forall i k, _ -> _ -> _ < _ |- _ => solve [left; apply H; lia]
  | H : _ |- 0 < _ => solve [apply (Rlt_le_trans _ 1); [lra|apply H; lia]]
  | H : _ |- 0 <= _ => solve [apply binary_nonneg; apply H; lia]
  | H : _ |- 0 <= _ => solve [apply natural_nonneg; apply H; lia]
  | H : _ |- _ <= 1 => solve [apply binary_upper; apply H; lia]
  | H : _ |- _ <> 0 => solve [apply Rgt_not_eq; apply H; lia]
  end.

Ltac within_range := first [assumption | lia | split; lia].

Ltac positive :=
  first [assumption |
  lazymatch goal with
  | |- _ > _ => unfold Rgt; positive
  | |- 0 < exp _ => apply exp_pos
  | |- 0 < rfact _ => apply rfact_pos
  | |- 0 < rbinom _ _ => apply rbinom_pos
  | |- 0 < PI => exact PI_RGT_0
  | |- 0 < INR _ => apply lt_0_INR; lia
  | |- 0 < sum _ _ => apply sum_pos; [lia|intros; positive]
  | |- 0 < prod _ _ => apply prod_pos; intros; positive
  | |- 0 < rpow _ _ => apply rpow_pos; positive
  | |- 0 < sqrt _ => apply sqrt_lt_R0; positive
  | |- 0 < / _ => apply Rinv_0_lt_compat; positive
  | |- 0 < _ / _ => apply Rdiv_lt_0_compat; positive
  | |- 0 < _ ^ _ => apply pow_lt; positive
  | |- 0 < _ * _ => apply Rmult_lt_0_compat; positive
  | |- 0 < _ + _ =>
      first [ apply Rplus_lt_0_compat; positive
            | apply Rplus_lt_le_0_compat; [positive|not_negative]
            | apply Rplus_le_lt_0_compat; [not_negative|positive] | lra ]
  | |- 0 < - - _ => rewrite Ropp_involutive; positive
  | |- 0 < ?e => first [by_hypothesis | lra]
  | |- ?a < ?b => first [by_hypothesis | lra | apply below; positive]
  end]
with not_negative :=
  first [assumption |
  lazymatch goal with
  | |- _ >= _ => apply Rle_ge; not_negative
  | |- 0 <= rpow _ _ => apply rpow_nonneg
  | |- 0 <= INR _ => apply pos_INR
  | |- 0 <= sqrt _ => apply sqrt_pos
  | |- 0 <= sum _ _ => apply sum_nonneg; intros; not_negative
  | |- 0 <= prod _ _ => apply prod_nonneg; intros; not_negative
  | |- 0 <= _ ^ 2 => apply square_nonneg
  | |- 0 <= _ ^ 4 => apply (pow_le _ 4); not_negative
  | |- 0 <= _ / _ => first [apply Rmult_le_pos; [not_negative|left; apply Rinv_0_lt_compat; positive] | left; positive]
  | |- 0 <= / _ => left; apply Rinv_0_lt_compat; positive
  | |- 0 <= _ * _ => first [apply Rmult_le_pos; not_negative | left; positive | lra]
  | |- 0 <= _ + _ => first [apply Rplus_le_le_0_compat; not_negative | counted | lra]
  | |- 0 <= _ - _ => first [by_hypothesis | lra | counted | apply difference; by_hypothesis]
  | |- 0 <= ?e => first [left; solve [positive] | by_hypothesis | lra]
  | |- ?a <= ?b => first [by_hypothesis | lra | apply at_most; not_negative]
  end]
(* N - sum of zeros and ones, sum of numbers >= 1, less N. *)
with counted :=
  match goal with
  | |- 0 <= INR ?N - sum ?N ?f =>
      replace (INR N - sum N f) with (INR N * 1 - sum N f) by ring; apply sum_upper; intros; not_negative
  | |- 0 <= INR ?N * ?c - sum ?N ?f => apply sum_upper; intros; not_negative
  | |- 0 <= - INR ?N + sum ?N ?f =>
      replace (- INR N + sum N f) with (sum N f - INR N * 1) by ring; apply sum_lower; intros; not_negative
  | |- 0 <= sum ?N ?f - INR ?N =>
      replace (sum N f - INR N) with (sum N f - INR N * 1) by ring; apply sum_lower; intros; not_negative
  end.

Ltac not_zero :=
  first [assumption |
  lazymatch goal with
  | |- - _ <> 0 => apply Ropp_neq_0_compat; not_zero
  | |- / _ <> 0 => apply Rinv_neq_0_compat; not_zero
  | |- _ / _ <> 0 =>
      first [apply Rmult_integral_contrapositive_currified; [not_zero|apply Rinv_neq_0_compat; not_zero]
            |apply Rgt_not_eq; positive]
  | |- _ * _ <> 0 =>
      first [apply Rmult_integral_contrapositive_currified; not_zero | apply Rgt_not_eq; positive]
  | |- _ ^ _ <> 0 => first [apply pow_nonzero; not_zero | apply Rgt_not_eq; positive]
  | |- _ <> 0 => first [apply Rgt_not_eq; solve [positive] | by_hypothesis | lra | apply Rlt_not_eq; solve [positive]]
  | |- _ <> _ => first [by_hypothesis | lra]
  end].

Ltac natural_number :=
  first [assumption |
  lazymatch goal with
  | |- natural (INR ?n) => exists n; reflexivity
  | |- natural (_ - _) => apply natural_minus; [natural_number|natural_number|not_negative]
  | |- natural (_ + _) => apply natural_plus; natural_number
  | |- natural (sum _ _) => apply natural_sum; intros; natural_number
  | |- natural 0 => exists 0%nat; simpl; lra
  | |- natural 1 => exists 1%nat; simpl; lra
  | |- natural _ => first [by_hypothesis | apply binary_natural; by_hypothesis]
  end].

(* Whatever a rule needs. *)
Ltac side :=
  intros;
  lazymatch goal with
  | |- True => exact I
  | |- (_ <= _ <= _)%nat => within_range
  | |- (_ <= _)%nat => lia
  | |- _ /\ _ => split; side
  | |- rpow_defined _ _ => first [left; solve [positive] | zero_or_positive]
  | |- natural _ => natural_number
  | |- ~ (_ = _) => not_zero
  | |- _ < _ => positive
  | |- _ > _ => positive
  | |- _ <= _ => not_negative
  | |- _ >= _ => not_negative
  | |- _ => by_hypothesis
  end
(* The base may be 0, as probabilities may. *)
with zero_or_positive :=
  match goal with
  | |- rpow_defined ?x ?a =>
      let H := fresh in
      assert (H : 0 <= x) by not_negative; destruct H as [H|H]; [left; exact H|right; split; [symmetry; exact H|not_negative]]
  end.

(* delta j k and delta k j are the same. *)
Ltac orient :=
  repeat match goal with
  | |- context [delta ?a ?b] =>
      match goal with
      | |- context [delta b a] => tryif constr_eq a b then fail else rewrite (delta_sym a b)
      end
  end.

(* Equal as rational functions of what is left standing. *)
Ltac rational :=
  first [ reflexivity
        | lazymatch goal with
          | |- context [Rdiv] => first [field; side | ring]
          | |- context [Rinv] => first [field; side | ring]
          | |- _ => ring
          end
        | progress orient; rational ].
